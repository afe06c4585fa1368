import type { ReplayEvent } from "./attacks.ts";

/** Events that are sent in one request. */
export interface Sendable {
  /** When to send them, from the beginning of the replay. */
  dueMs: number;
  events: ReplayEvent[];
}

/**
 * A replay as requests spread evenly over its length: a shop's own events in batches, those of an attack one by one, as each comes from
 * a payment page of its own. The order is kept, as histories depend on it.
 */
export function planReplay(events: readonly ReplayEvent[], lengthMs: number, batchSize: number): Sendable[] {
  const requests: Sendable[] = [];
  events.forEach((event, index) => {
    const last = requests.at(-1);
    const joins = event.attack === null && last?.events[0]?.attack === null && last.events.length < batchSize;
    if (joins) last.events.push(event);
    else requests.push({ dueMs: (index / events.length) * lengthMs, events: [event] });
  });
  return requests;
}
