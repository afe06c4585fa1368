import { flatText } from "../../shared/flat-text.ts";
import { hashText } from "../../shared/hash.ts";
import { entitiesOf, sightingOf, type Knowledge, type Sighting } from "../../shared/observe.ts";
import type { EntityKind } from "../../shared/profile/links.ts";
import type { Observation } from "../../shared/profile/observation.ts";
import { nameOf } from "../../shared/profile/names.ts";
import type { Deadlines } from "../../shared/deadline.ts";
import { TextMap } from "../../shared/text-map.ts";
import type { Enriched } from "../enrich.ts";
import type { FraudLabel } from "./profile-memory.ts";
import type { RecallAnswer, RecallRequest } from "./wire.ts";

/** What the profiles knew before one event. */
export interface Known {
  sighting: Sighting;
  knowledge: Knowledge;
  /** The id was learned from before, or came before in the same request: the sender sends it again. */
  repeated: boolean;
  /** `profile:<kind>` for each that did not answer in time. */
  degraded: string[];
  /** Which were asked. */
  stores: readonly number[];
}

/** An event, and which stores learned from it. */
export interface Learned extends Pick<Known, "stores"> {
  id: string;
}

export interface Stores {
  shards: number;
  recall(shard: number, requests: RecallRequest[]): Promise<RecallAnswer[]>;
  takeBack(shard: number, ids: string[]): Promise<void>;
  learnLabels(shard: number, labels: FraudLabel[]): Promise<void>;
  waitUntil(promise: Promise<unknown>): void;
}

/**
 * Asks the profile stores about events, one call a store for all of them, each event seeing what those before it taught.
 *
 * A store that fails or does not answer within the deadline is left out and named in `degraded`: scoring goes on with those features
 * unknown, and the call is let finish so that what it was to learn is not lost.
 */
export async function know(
  events: readonly Enriched[],
  stores: Stores,
  deadlines: Deadlines,
  deadlineMs: number,
): Promise<Known[]> {
  if (events.length === 0) return [];
  const plans = events.map((enriched) => plan(enriched, stores.shards));
  const asking = Promise.all(Array.from(byShard(plans), ([shard, asked]) => ask(shard, asked, stores)));
  await deadlines.within(asking, deadlineMs).catch(() => stores.waitUntil(asking));
  const repeats = repeatsWithin(events);
  return plans.map((planned, index) => gather(planned, repeats.has(index)));
}

/** What is asked of one store about one event. */
interface Asked {
  shard: number;
  request: RecallRequest;
  /** Null until it comes, or when it does not. */
  answer: RecallAnswer | null;
}

/** In the order the stores come up in. */
function byShard(plans: readonly Plan[]): Map<number, Asked[]> {
  const shards = new Map<number, Asked[]>();
  for (const { asked } of plans) {
    for (const one of asked) {
      const others = shards.get(one.shard);
      if (others === undefined) shards.set(one.shard, [one]);
      else others.push(one);
    }
  }
  return shards;
}

/** Never throws. What comes too late is looked at by nobody. */
async function ask(shard: number, asked: readonly Asked[], stores: Stores): Promise<void> {
  const requests = asked.map(({ request }) => request);
  const answers = await stores.recall(shard, requests).catch(() => []);
  for (const [index, one] of asked.entries()) one.answer = answers[index] ?? null;
}

/** Which of the events have the id of one before them. This is known even when the stores are away. */
function repeatsWithin(events: readonly Enriched[]): Set<number> {
  const ids = new TextMap<true>();
  const repeats = new Set<number>();
  if (events.length === 1) return repeats;
  for (const [index, { event }] of events.entries()) {
    const { size } = ids;
    ids.set(event.id, true);
    if (ids.size === size) repeats.add(index);
  }
  return repeats;
}

interface Plan {
  sighting: Sighting;
  entities: PlannedEntity[];
  /** Who is asked for prices; null when there are none to ask for. */
  prices: Asked | null;
  /** One a store, in the order they came up in. */
  asked: Asked[];
}

interface PlannedEntity {
  kind: EntityKind;
  asked: Asked;
  /** Its place in the request and in the answer. */
  at: number;
}

function plan({ event, signals }: Enriched, shards: number): Plan {
  const sighting = sightingOf(event, signals);
  const { seen, items } = sighting;
  const asked: Asked[] = [];
  const entities: PlannedEntity[] = [];
  for (const { kind, key } of entitiesOf(event, signals)) {
    const name = nameOf(kind, key);
    const one = askedOf(asked, shardOf(name, shards), seen);
    entities.push({ kind, asked: one, at: one.request.entities.push(name) - 1 });
  }
  const prices = items.length === 0 ? null : askedOf(asked, shardOf("prices", shards), seen);
  if (prices !== null) prices.request.items = items;
  // An event that names nobody is still known by its id.
  if (asked.length === 0) askedOf(asked, shardOf(event.id, shards), seen);
  return { sighting, entities, prices, asked };
}

/** What is asked of a store, begun when this is the first. */
function askedOf(asked: Asked[], shard: number, seen: Observation): Asked {
  for (const one of asked) if (one.shard === shard) return one;
  const one: Asked = { shard, request: { seen, entities: [], items: null }, answer: null };
  asked.push(one);
  return one;
}

/** The store that keeps what has this name. */
export function shardOf(name: string, shards: number): number {
  return shards === 1 ? 0 : hashText(name) % shards;
}

function gather({ sighting, entities, prices, asked }: Plan, repeatsOther: boolean): Known {
  const knowledge: Knowledge = { profiles: {}, prices: [] };
  const degraded: string[] = [];
  for (const { kind, asked: one, at } of entities) {
    const before = one.answer?.profiles[at];
    if (before === undefined) degraded.push(flatText("profile:", kind));
    else knowledge.profiles[kind] = before;
  }
  if (prices?.answer === null) degraded.push("profile:prices");
  else if (prices !== null) knowledge.prices = prices.answer.prices;
  const stores = asked.map(({ shard }) => shard);
  return { sighting, knowledge, repeated: repeatsOther || isRepeated(asked), degraded, stores };
}

/** One store decides, the first that answered: of requests at the same time each store may have seen another first. */
function isRepeated(asked: readonly Asked[]): boolean {
  for (const { answer } of asked) if (answer !== null) return answer.repeated;
  return false;
}

/** Tells the stores that events were not taken in after all, so that they are new when sent again. Never throws. */
export async function takeBack(events: readonly Learned[], stores: Stores): Promise<void> {
  const ids = new Map<number, string[]>();
  for (const { id, stores: shards } of events)
    for (const shard of shards) ids.set(shard, [...(ids.get(shard) ?? []), id]);
  await Promise.allSettled([...ids].map(async ([shard, list]) => stores.takeBack(shard, list)));
}
