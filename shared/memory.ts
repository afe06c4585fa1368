import type { KeptEvent } from "./event.ts";
import { entitiesOf, observationOf, pricedItemsOf, type Knowledge } from "./observe.ts";
import { newPriceBook, recallPrices, type PriceBook } from "./price-book.ts";
import { newProfile, recall, type Profile } from "./profile.ts";
import type { Signals } from "./signals.ts";

/**
 * Every profile and the price book of one shop, in one place. Live traffic keeps them in Durable Objects instead; replay, training
 * and tests use this, and compute exactly what live traffic gets. Grows with the number of entities: nothing is forgotten.
 */
export interface Memory {
  /** By kind and key of the entity. */
  profiles: Map<string, Profile>;
  prices: PriceBook;
}

export function newMemory(): Memory {
  return { profiles: new Map(), prices: newPriceBook() };
}

/** What was known before this event, of every entity it names and every item it sells; the memory then learns from it. */
export function recallAll(memory: Memory, event: KeptEvent, signals: Signals): Knowledge {
  const seen = observationOf(event, signals);
  const profiles: Knowledge["profiles"] = {};
  for (const { kind, key } of entitiesOf(event, signals)) {
    profiles[kind] = recall(profileOf(memory, `${kind} ${key}`), seen);
  }
  const items = pricedItemsOf(event);
  const prices = items.length === 0 ? [] : recallPrices(memory.prices, { id: event.id, items });
  return { profiles, prices };
}

function profileOf(memory: Memory, name: string): Profile {
  const known = memory.profiles.get(name);
  if (known !== undefined) return known;
  const profile = newProfile();
  memory.profiles.set(name, profile);
  return profile;
}
