import type { PGlite } from "@electric-sql/pglite";
import { drizzle } from "drizzle-orm/pglite";
import { raiseAnomalies } from "../../aggregator/alert/rules/raise-anomalies.ts";
import {
  consumeAccounts,
  consumeAssessments,
  consumeDeadLetters,
  type Batch,
  type ConsumeServices,
} from "../../aggregator/consume.ts";
import { drainSpool } from "../../aggregator/drain.ts";
import type { SpoolBucket } from "../../aggregator/spool.ts";
import { testSpool } from "../../aggregator/test-spool.ts";
import type { Clock } from "./clock.ts";
import type { Message, MemoryQueue } from "./queue.ts";
import type { Troubles } from "./troubles.ts";

/** The queue gives an event up after so many deliveries; fewer than where it is deployed, so that it happens here. */
const DELIVERIES_MOST = 3;

interface Surroundings {
  client: PGlite;
  troubles: Troubles;
  clock: Clock;
  events: MemoryQueue;
  counts: MemoryQueue;
  dead: MemoryQueue;
  newId(prefix: string): string;
}

type Consume = (batch: Batch, services: ConsumeServices) => Promise<void>;

/** The real consumers and the real drain on a database and a spool that troubles strike. */
export function createTroubledAggregator({ client, troubles, clock, events, counts, dead, newId }: Surroundings) {
  const consumeOf = new Map<MemoryQueue, Consume>([
    [events, consumeAssessments],
    [counts, consumeAccounts],
    [dead, consumeDeadLetters],
  ]);

  const bucket = testSpool();
  const overSpool = <T>(call: () => Promise<T>) =>
    troubles.beset("the spool is away", "the spool obeys and seems to fail", call);
  const spool: SpoolBucket = {
    put: (key, text) => overSpool(() => bucket.put(key, text)),
    get: (key) => overSpool(() => bucket.get(key)),
    delete: (key) => overSpool(() => bucket.delete(key)),
    list: (options) => overSpool(() => bucket.list(options)),
  };

  /** What cannot be raised now is raised by the next who comes. */
  const raise = (services: ConsumeServices) =>
    raiseAnomalies({ ...services, config: { publicUrl: "https://pulse.example" } }).then(
      () => undefined,
      () => undefined,
    );

  /** Work until it is done or killed: what is killed makes no further step, and nobody hears of it. */
  async function untilKilled(work: (services: ConsumeServices) => Promise<unknown>): Promise<void> {
    const { promise: killed, resolve: kill } = Promise.withResolvers<void>();
    const die = () => {
      kill();
      return new Promise<never>(() => {});
    };
    const query: PGlite["query"] = async (...asked) => {
      if (troubles.strikes("the consumer is killed before the commit")) return die();
      const answer = await troubles.beset("the database is away", "the database commits and seems to fail", () =>
        client.query<never>(...asked),
      );
      return troubles.strikes("the consumer is killed after the commit") ? die() : answer;
    };
    const goingOn: Promise<unknown>[] = [];
    const services: ConsumeServices = {
      db: drizzle({ client: withQuery(client, query) }),
      spool,
      nowMs: () => clock.nowMs(),
      newId,
      raiseNow: () => raise(services),
      waitUntil: (more) => void goingOn.push(more),
      log: () => undefined,
    };
    await Promise.race([killed, work(services).then(() => Promise.all(goingOn))]);
  }

  /** What is not acknowledged stays on its queue; an event that was delivered too often is given up by it. */
  function giveUp(messages: readonly Message[]): void {
    for (const { id, body, attempts } of messages) {
      if (attempts >= DELIVERIES_MOST && events.waiting.delete(id)) dead.take(body);
    }
  }

  return {
    spooled: bucket.objects,
    /** Delivers some messages together, however often they came before. @returns how the consumer answered, if it did */
    async deliver(queue: MemoryQueue, messages: readonly Message[]): Promise<"acked" | "retried" | "none"> {
      const consume = consumeOf.get(queue);
      if (messages.length === 0 || consume === undefined) return "none";
      const batch = queue.batch(messages);
      await untilKilled((services) => consume(batch, services));
      if (queue === events && batch.answer !== "acked") giveUp(messages);
      return batch.answer;
    },
    /** What the cron does every minute. */
    drain: () =>
      untilKilled(async (services) => {
        await drainSpool(services);
        await raise(services);
      }),
  };
}

/** The client with another `query`, which is all that is called of it here. */
function withQuery(client: PGlite, query: PGlite["query"]): PGlite {
  return new Proxy(client, { get: (target, name) => (name === "query" ? query : Reflect.get(target, name)) });
}
