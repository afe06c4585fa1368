import type { KeptEvent } from "./event.ts";
import { ENTITY_KINDS, ENTITY_WORDS, sightingOf, type Knowledge, type Sighting } from "./observe.ts";
import type { UsualItem } from "./price-book.ts";
import type { EntityKind } from "./profile/links.ts";
import type { Observation } from "./profile/observation.ts";
import type { Snapshot } from "./profile/snapshot.ts";
import type { Signals } from "./signals.ts";

/** An entity the event names, with what was known of it before. */
export interface KnownEntity {
  kind: EntityKind;
  before: Snapshot;
}

/** A line of an order that has a price, beside what was usual; null for items never sold. */
export interface PricedLine {
  name: string;
  /** ln of the unit price, as the price book learns it; `priceOf` gives the price. */
  priceLog: number;
  quantity: number;
  usual: UsualItem | null;
}

/** The unit price of a line, in major units. */
export function priceOf({ priceLog }: PricedLine): number {
  return Math.exp(priceLog);
}

/** Everything a feature or a rule may look at. */
export interface Facts {
  event: KeptEvent;
  signals: Signals;
  seen: Observation;
  /** Whose own normal the event is held against: the customer, else the e-mail, else the client. Null when none is known. */
  subject: KnownEntity | null;
  /** The other entities the event came through: e-mail, client, card, network. */
  counters: KnownEntity[];
  items: PricedLine[];
}

/**
 * Gathers what features and rules look at.
 *
 * @param sighting of the same event, where it was made already to ask for what is known
 */
export function factsOf(
  event: KeptEvent,
  signals: Signals,
  known: Knowledge,
  { seen, items }: Sighting = sightingOf(event, signals),
): Facts {
  let subject: KnownEntity | null = null;
  const counters: KnownEntity[] = [];
  for (const kind of ENTITY_KINDS) {
    const before = known.profiles[kind];
    if (before === undefined) continue;
    if (subject === null && isSubject(kind)) subject = { kind, before };
    else counters.push({ kind, before });
  }
  return { event, signals, seen, subject, counters, items: linesOf(items, known.prices) };
}

function linesOf(items: Sighting["items"], prices: Knowledge["prices"]): PricedLine[] {
  const lines: PricedLine[] = [];
  for (let index = 0; index < items.length; index++) {
    const { name, priceLog, quantity } = items[index] as Sighting["items"][number]; // within the list
    lines.push({ name, priceLog, quantity, usual: prices[index] ?? null });
  }
  return lines;
}

/** Whether a kind is one of a few. A loop, as `includes` compares the letters of strings that differ. */
export function isAmong(kinds: readonly EntityKind[], kind: EntityKind): boolean {
  for (let index = 0; index < kinds.length; index++) if (kinds[index] === kind) return true;
  return false;
}

/** ENTITY_KINDS begins with these, the surest first. */
function isSubject(kind: EntityKind): boolean {
  return kind === "customer" || kind === "email" || kind === "client";
}

/** What the one whose normal counts is called in reasons. */
export function who({ subject }: Facts): string {
  return ENTITY_WORDS[subject?.kind ?? "customer"];
}
