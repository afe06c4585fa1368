import type { Sighting, State } from "./sighting.ts";

/** What the shop's server tells of an event it sent; see `Told` there. */
export interface Told {
  event: { id: string; name: string };
  atMs: number;
  outcome: {
    kind: "accepted" | "duplicate" | "rejected" | "waiting";
    detail?: string;
    verdict?: { score: number; anomaly: boolean; reasons: { detail: string }[] } | null;
  };
}

/** A line of the panel. */
export interface Entry {
  id: string;
  name: string;
  source: "page" | "server";
  atMs: number;
  event: unknown;
  state: State | "waiting";
  /** Why, in words; empty when there is nothing to say. */
  detail: string;
  /** What the edge made of it, in words; empty for what the page sent, as that is never told. */
  verdict: string;
  /** Why it wants a look; none when it is fine. */
  reasons: readonly string[];
}

export function entryOfSighting({ id, name, atMs, event, state, detail }: Sighting): Entry {
  return { id, name, source: "page", atMs, event, state, detail, verdict: "", reasons: [] };
}

export function entryOfTold({ event, atMs, outcome: { kind, detail = "", verdict } }: Told): Entry {
  const isAnomaly = verdict?.anomaly === true;
  const score = verdict ? `score ${verdict.score.toFixed(2)}${isAnomaly ? ": review" : ", fine"}` : "";
  const reasons = isAnomaly ? verdict.reasons.map((reason) => reason.detail) : [];
  return {
    id: event.id,
    name: event.name,
    source: "server",
    atMs,
    event,
    state: kind,
    detail,
    verdict: score,
    reasons,
  };
}

const WORDS: Record<Entry["state"], string> = {
  sent: "sent",
  left: "sent on leaving",
  failed: "not sent",
  waiting: "waiting",
  accepted: "accepted",
  duplicate: "duplicate",
  rejected: "rejected",
};

const CLOCK = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });

/** An entry as a list item, which is shown anew by `update`. */
export function drawEntry(entry: Entry): { item: HTMLLIElement; update(entry: Entry): void } {
  const item = document.createElement("li");
  const state = element("span", "event-state", "");
  const note = element("p", "event-note", "");
  const reasons = element("ul", "event-reasons", "");
  const time = element("span", "event-time", `${entry.source} ${CLOCK.format(entry.atMs)}`);
  const summary = document.createElement("summary");
  summary.append(element("span", "event-name", entry.name), state, time);
  const details = document.createElement("details");
  details.append(summary, element("pre", "event-json", JSON.stringify(entry.event, null, 2)));
  item.append(details, note, reasons);
  item.className = "event";
  item.dataset["source"] = entry.source;

  const update = (now: Entry) => {
    item.dataset["state"] = now.verdict.endsWith("review") ? "anomaly" : now.state;
    state.textContent = WORDS[now.state];
    note.textContent = now.verdict || now.detail;
    note.hidden = note.textContent === "";
    reasons.replaceChildren(...now.reasons.map((reason) => element("li", "", reason)));
    reasons.hidden = now.reasons.length === 0;
  };
  update(entry);
  return { item, update };
}

function element(name: string, className: string, text: string): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}
