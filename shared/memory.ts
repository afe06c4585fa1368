import type { KeptEvent } from "./event.ts";
import { entitiesOf, observationOf, pricedItemsOf, type Knowledge } from "./observe.ts";
import { lookPrices, newPriceBook, recallPrices, type PriceBook } from "./price-book.ts";
import { nameOf } from "./profile/names.ts";
import { learnFraud, look, newProfile, recall, type Profile } from "./profile/profile.ts";
import type { Signals } from "./signals.ts";

/**
 * Every profile and the price book of one shop, in one place. Live traffic keeps them in Durable Objects instead; replay, training
 * and tests use this, and compute exactly what live traffic gets. Grows with the number of entities and events: nothing is forgotten.
 */
export interface Memory {
  /** By kind and key of the entity. */
  profiles: Map<string, Profile>;
  prices: PriceBook;
  /** Of the events learned from. */
  ids: Set<string>;
}

export function newMemory(): Memory {
  return { profiles: new Map(), prices: newPriceBook(), ids: new Set() };
}

/**
 * What was known before this event, of every entity it names and every item it sells; the memory then learns from it. An id that
 * comes again is learned from no more, and answered what is known by now.
 */
export function recallAll(memory: Memory, event: KeptEvent, signals: Signals): Knowledge {
  const isNew = !memory.ids.has(event.id);
  memory.ids.add(event.id);
  const ask = isNew ? recall : look;
  const askPrices = isNew ? recallPrices : lookPrices;
  const seen = observationOf(event, signals);
  const profiles: Knowledge["profiles"] = {};
  for (const { kind, key } of entitiesOf(event, signals)) {
    profiles[kind] = ask(profileOf(memory, nameOf(kind, key)), kind, seen);
  }
  return { profiles, prices: askPrices(memory.prices, pricedItemsOf(event)) };
}

/**
 * An event was found to be fraud: from then on its entities are known for it; or no fraud after all (-1).
 *
 * @param knownMs when it was found to be fraud, also where that is taken back
 */
export function labelAll(memory: Memory, event: KeptEvent, signals: Signals, knownMs: number, by: 1 | -1): void {
  for (const { kind, key } of entitiesOf(event, signals)) learnFraud(profileOf(memory, nameOf(kind, key)), knownMs, by);
}

function profileOf(memory: Memory, name: string): Profile {
  const known = memory.profiles.get(name);
  if (known !== undefined) return known;
  const profile = newProfile();
  memory.profiles.set(name, profile);
  return profile;
}
