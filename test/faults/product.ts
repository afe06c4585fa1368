import type { PGlite } from "@electric-sql/pglite";
import { below, chance, pick, sample, seededRandom, shuffle } from "../../shared/random.ts";
import { createClock } from "./clock.ts";
import { memoryQueue, type MemoryQueue } from "./queue.ts";
import { createSender } from "./sender.ts";
import { createTroubledAggregator } from "./troubled-aggregator.ts";
import { createTroubledEdge } from "./troubled-edge.ts";
import { createTroubles } from "./troubles.ts";

const START_MS = Date.parse("2026-11-21T10:00:00.000Z");
const DAY_MS = 24 * 3_600_000;

/**
 * The whole product in one process, with a shop that sends to it. All that a seed does lies on a day of its own.
 *
 * @param strikes how often a trouble strikes while it is about, 0..1
 */
export function createProduct(client: PGlite, seed: number, strikes: number) {
  const startMs = START_MS + seed * DAY_MS;
  const random = seededRandom(seed);
  const troubles = createTroubles(random, strikes);
  const clock = createClock(startMs);
  const [events, counts, dead] = [
    memoryQueue(`events_${seed}`),
    memoryQueue(`counts_${seed}`),
    memoryQueue(`dead_${seed}`),
  ];
  let ids = 0;
  const newId = (prefix: string) => `${prefix}_${seed}_${String(ids++).padStart(6, "0")}`;
  const edge = createTroubledEdge({ random, troubles, clock, events, counts, newId });
  const aggregator = createTroubledAggregator({ client, troubles, clock, events, counts, dead, newId });
  const sender = createSender({ random, clock, edge, prefix: `evt_${seed}_` });

  /** Some of what waits, in no order, and now and then something that was delivered before. */
  function someOf({ waiting, taken }: MemoryQueue) {
    const some = sample(random, [...waiting.values()], below(random, waiting.size + 1));
    const again = taken.length > 0 && chance(random, 0.2) ? [pick(random, taken)] : [];
    return [...new Set([...again, ...some])];
  }

  return {
    random,
    startMs,
    troubles,
    clock,
    events,
    counts,
    dead,
    edge,
    aggregator,
    sender,
    /** What may happen at any time: deliveries, two at once with the same events among them, and the cron. */
    async work(): Promise<void> {
      await Promise.all([events, events, counts].map((queue) => aggregator.deliver(queue, someOf(queue))));
      await aggregator.deliver(dead, someOf(dead));
      if (chance(random, 0.3)) await aggregator.drain();
    },
    /** What comes by itself when nothing is in the way: one delivery of all that waits, and one run of the cron. */
    async workOnce(): Promise<void> {
      for (const queue of [counts, events, dead]) {
        await aggregator.deliver(queue, shuffle(random, [...queue.waiting.values()]));
      }
      await aggregator.drain();
    },
  };
}
export type Product = ReturnType<typeof createProduct>;
