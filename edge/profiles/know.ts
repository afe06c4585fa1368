import { hashText } from "../../shared/hash.ts";
import { entitiesOf, sightingOf, type Knowledge, type Sighting } from "../../shared/observe.ts";
import type { EntityKind } from "../../shared/profile/links.ts";
import { nameOf } from "../../shared/profile/names.ts";
import { withDeadline } from "../../shared/deadline.ts";
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
export async function know(events: readonly Enriched[], stores: Stores, deadlineMs: number): Promise<Known[]> {
  const plans = events.map((enriched) => plan(enriched, stores.shards));
  const shards = [...new Set(plans.flatMap(({ requests }) => [...requests.keys()]))];
  const answers = new Map<number, Map<number, RecallAnswer>>();
  await Promise.all(
    shards.map(async (shard) => {
      const asked = plans.flatMap(({ requests }, index) => {
        const request = requests.get(shard);
        return request === undefined ? [] : [{ index, request }];
      });
      const call = stores.recall(
        shard,
        asked.map(({ request }) => request),
      );
      const answer = await withDeadline(call, deadlineMs).catch(() => null);
      if (answer === null) stores.waitUntil(call.catch(() => undefined));
      else answers.set(shard, new Map(asked.map(({ index }, at) => [index, answer[at] as RecallAnswer]))); // one answer a request
    }),
  );
  const repeats = repeatsWithin(events);
  return plans.map((planned, index) => {
    const known = gather(planned, index, answers);
    return { ...known, repeated: known.repeated || repeats.has(index) };
  });
}

/** Which of the events have the id of one before them. This is known even when the stores are away. */
function repeatsWithin(events: readonly Enriched[]): Set<number> {
  const ids = new Set<string>();
  const repeats = new Set<number>();
  for (const [index, { event }] of events.entries()) {
    if (ids.has(event.id)) repeats.add(index);
    ids.add(event.id);
  }
  return repeats;
}

interface Plan {
  sighting: Sighting;
  entities: { kind: EntityKind; name: string; shard: number }[];
  priceShard: number | null;
  requests: Map<number, RecallRequest>;
}

function plan({ event, signals }: Enriched, shards: number): Plan {
  const sighting = sightingOf(event, signals);
  const { seen, items } = sighting;
  const requests = new Map<number, RecallRequest>();
  const requestTo = (shard: number) => {
    const request = requests.get(shard) ?? { seen, entities: [], items: null };
    requests.set(shard, request);
    return request;
  };
  const entities = entitiesOf(event, signals).map(({ kind, key }) => {
    const name = nameOf(kind, key);
    const shard = shardOf(name, shards);
    requestTo(shard).entities.push(name);
    return { kind, name, shard };
  });
  const priceShard = items.length === 0 ? null : shardOf("prices", shards);
  if (priceShard !== null) requestTo(priceShard).items = items;
  // An event that names nobody is still known by its id.
  if (requests.size === 0) requestTo(shardOf(event.id, shards));
  return { sighting, entities, priceShard, requests };
}

/** The store that keeps what has this name. */
export function shardOf(name: string, shards: number): number {
  return hashText(name) % shards;
}

function gather(
  { sighting, entities, priceShard, requests }: Plan,
  index: number,
  answers: Map<number, Map<number, RecallAnswer>>,
): Known {
  const known: Known = { sighting, knowledge: { profiles: {}, prices: [] }, repeated: false, degraded: [] };
  for (const { kind, name, shard } of entities) {
    const at = requests.get(shard)?.entities.indexOf(name) ?? -1;
    const before = answers.get(shard)?.get(index)?.profiles[at];
    if (before === undefined) known.degraded.push(`profile:${kind}`);
    else known.knowledge.profiles[kind] = before;
  }
  if (priceShard !== null) {
    const prices = answers.get(priceShard)?.get(index)?.prices;
    if (prices === undefined) known.degraded.push("profile:prices");
    else known.knowledge.prices = prices;
  }
  // One store decides, the first that answered: of requests at the same time each store may have seen another first.
  const [repeated = false] = [...requests.keys()].flatMap((shard) => answers.get(shard)?.get(index)?.repeated ?? []);
  known.repeated = repeated;
  return known;
}

/** Tells the stores that events were not taken in after all, so that they are new when sent again. Never throws. */
export async function takeBack(events: readonly Enriched[], stores: Stores): Promise<void> {
  const ids = new Map<number, string[]>();
  for (const enriched of events) {
    for (const shard of plan(enriched, stores.shards).requests.keys()) {
      ids.set(shard, [...(ids.get(shard) ?? []), enriched.event.id]);
    }
  }
  await Promise.allSettled([...ids].map(async ([shard, list]) => stores.takeBack(shard, list)));
}
