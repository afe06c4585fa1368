import { createHash } from "node:crypto";
import { createAccount } from "../../edge/account.ts";
import { AnswerMemory } from "../../edge/idempotency/answer-memory.ts";
import { createOnce, type AnswerStores } from "../../edge/idempotency/once.ts";
import type { Stores } from "../../edge/profiles/know.ts";
import { createAuthenticator } from "../../shared/authenticator.ts";
import { findKey } from "../../shared/find-key.ts";
import { formatKey, keyEntry, type ApiKeyRecord } from "../../shared/keys.ts";
import type { IntakeMessage } from "../../shared/message.ts";
import { chance, pick, type Random } from "../../shared/random.ts";
import { nextTurn, type Clock } from "./clock.ts";
import { constantScorer, edge, memoryStores, openSqlite } from "./edge.ts";
import type { MemoryQueue } from "./queue.ts";
import type { Troubles } from "./troubles.ts";

const PROFILE_SHARDS = 3;
const KEY_ID = "faults0000000000";
const KEY = formatKey("secret", KEY_ID, "s".repeat(32));
const ANOMALOUS_SHARE = 0.2;

interface Surroundings {
  random: Random;
  troubles: Troubles;
  clock: Clock;
  /** Where it puts events, and what it counted. */
  events: MemoryQueue;
  counts: MemoryQueue;
  newId(prefix: string): string;
}

/** A copy of an event that came in with one request. */
interface Copy {
  eventId: string;
  requestId: string;
  receivedMs: number;
}

/** At once, where that of a Worker ends some time later: a seed is to say all that happens, and in which order. */
async function sha256Hex(text: string): Promise<string> {
  return createHash("sha256").update(text).digest("hex");
}

/** The real edge between queues and stores in memory that troubles strike. */
export function createTroubledEdge({ random, troubles, clock, events, counts, newId }: Surroundings) {
  const nowMs = () => clock.nowMs();
  /** What is on the queue of events or was. */
  const queued: Copy[] = [];
  /** Of this what the edge was told is not. */
  const ghosts: Copy[] = [];
  const garbledIds = new Set<string>();

  async function takeEvents(text: string): Promise<void> {
    await nextTurn(); // whoever answers without waiting for the queue answers before the event is on it
    if (troubles.strikes("the queue refuses an event")) throw new TypeError("refused");
    const message = JSON.parse(text) as IntakeMessage; // what the edge writes
    const copies = message.events.map(({ event, arrival }) => {
      const requestId = message.arrivals[arrival]?.request_id ?? "";
      return { eventId: event.id, requestId, receivedMs: nowMs() };
    });
    const isGarbled = troubles.strikes("an event is garbled on its way");
    events.take(isGarbled ? JSON.stringify(garble(message)) : text);
    queued.push(...copies);
    if (!troubles.strikes("the queue takes an event and seems to refuse it")) return;
    ghosts.push(...copies);
    throw new TypeError("no answer");
  }

  /** Makes of one event something that is none, or that Postgres refuses. */
  function garble({ events: held, ...envelope }: IntakeMessage) {
    const one = pick(random, held);
    garbledIds.add(one.event.id);
    const change = chance(random, 0.7) ? { runtime: "java" } : { features: [1e300] };
    return { ...envelope, events: held.map((scored) => (scored === one ? { ...scored, ...change } : scored)) };
  }

  async function takeCounts(message: unknown): Promise<void> {
    if (troubles.strikes("a message of counts comes that is none")) counts.take({ v: 0 });
    await troubles.beset(
      "the queue of counts refuses",
      "the queue of counts takes a message and seems to refuse it",
      async () => counts.take(message),
    );
  }

  async function readKey(entry: string): Promise<ApiKeyRecord | null> {
    if (troubles.strikes("the key store is away")) throw new TypeError("away");
    if (entry !== keyEntry(KEY_ID)) return null;
    const digest = await sha256Hex(KEY);
    return { id: KEY_ID, kind: "secret", role: "ingest", origins: [], digest, expires_at: null };
  }

  let profiles = memoryStores({ shards: PROFILE_SHARDS });
  const overProfiles = <T>(call: () => Promise<T>) =>
    troubles.beset("a profile store is away", "the answer of a profile store is lost", call);
  const stores: Stores = {
    shards: PROFILE_SHARDS,
    recall: (shard, requests) => overProfiles(() => profiles.recall(shard, requests)),
    takeBack: (shard, ids) => overProfiles(() => profiles.takeBack(shard, ids)),
    learnLabels: (shard, labels) => overProfiles(() => profiles.learnLabels(shard, labels)),
    waitUntil: () => undefined,
  };

  const answers = new AnswerMemory(openSqlite(), { nowMs, newId: () => newId("claim") });
  const overAnswers = async <T>(call: () => T | Promise<T>) => {
    if (troubles.strikes("the store of Idempotency-Keys is away")) throw new TypeError("away");
    return call();
  };
  const answerStores: AnswerStores = {
    begin: (entry, digest, patienceMs) => overAnswers(() => answers.begin(entry, digest, patienceMs)),
    finish: (claim, answer) => overAnswers(() => answers.finish(claim, answer)),
    release: (claim) => overAnswers(() => answers.release(claim)),
  };

  const scorer = constantScorer();
  const { post } = edge({
    authenticate: createAuthenticator({ find: (id) => findKey(readKey, id), sha256Hex, nowMs }),
    account: createAccount({
      send: takeCounts,
      newId: () => newId("acc"),
      waitUntil: () => undefined,
      sleep: () => clock.sleep(),
      nowMs,
      intervalMs: 5_000,
      log: () => undefined,
    }),
    once: createOnce(answerStores),
    stores,
    scorer: {
      ...scorer,
      score: async (rows, acts) => ({
        ...(await scorer.score(rows, acts)),
        raw: Float32Array.from(acts, () => (chance(random, ANOMALOUS_SHARE) ? 0.999 : 0.1)),
      }),
    },
    send: ({ text }) => takeEvents(text),
    nowMs,
    newRequestId: () => newId("req"),
  });

  return {
    queued,
    ghosts,
    garbledIds,
    post: (path: string, body: unknown, headers: Record<string, string> = {}) =>
      post(path, body, { authorization: `Bearer ${KEY}`, "content-type": "application/json", ...headers }),
    /** The profile stores lose all they knew, as if so much time had passed. */
    forget(): void {
      profiles = memoryStores({ shards: PROFILE_SHARDS });
    },
  };
}
export type TroubledEdge = ReturnType<typeof createTroubledEdge>;
