/** How far an event is known to have come. */
export type State = "sent" | "left" | "failed" | "accepted" | "duplicate" | "rejected";

/** An event that was seen on its way to the edge. */
export interface Sighting {
  id: string;
  name: string;
  /** When it happened, Unix time. */
  atMs: number;
  /** As it was sent. */
  event: unknown;
  state: State;
  detail: string;
}

const SETTLED = /accepted|duplicate|rejected/;

/** What is known of an event after another sighting of it: what the edge once said of it stands. */
export function laterOf(before: Sighting | undefined, now: Sighting): Sighting {
  if (before === undefined) return now;
  if (SETTLED.test(before.state)) return before;
  const wasCutOff = now.state === "duplicate" && now.detail === "";
  return wasCutOff ? { ...now, detail: "it had arrived when the page before was left" } : now;
}
