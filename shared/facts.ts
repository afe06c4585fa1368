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
  price: number;
  quantity: number;
  usual: UsualItem | null;
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
  const entities = ENTITY_KINDS.flatMap((kind) => {
    const before = known.profiles[kind];
    return before === undefined ? [] : [{ kind, before }];
  });
  const [first] = entities;
  const subject = first !== undefined && isSubject(first.kind) ? first : null;
  return {
    event,
    signals,
    seen,
    subject,
    counters: entities.filter((entity) => entity !== subject),
    items: items.map(({ name, priceLog, quantity }, index) => ({
      name,
      price: Math.exp(priceLog),
      quantity,
      usual: known.prices[index] ?? null,
    })),
  };
}

/** ENTITY_KINDS begins with these, the surest first. */
function isSubject(kind: EntityKind): boolean {
  return kind === "customer" || kind === "email" || kind === "client";
}

/** What the one whose normal counts is called in reasons. */
export function who({ subject }: Facts): string {
  return ENTITY_WORDS[subject?.kind ?? "customer"];
}
