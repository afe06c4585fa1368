import * as z from "zod";
import { createAuthenticator } from "../shared/authenticator.ts";
import { Calibration } from "../shared/calibration.ts";
import { sha256Hex } from "../shared/digest.ts";
import { findKey } from "../shared/find-key.ts";
import { ID_RANDOM_BYTES, newId } from "../shared/ids.ts";
import { verifyRelease } from "../shared/verify-release.ts";
import { ACTIVE_ENTRY, SHADOW_ENTRY } from "../shared/release-pointer.ts";
import calibration from "../models/global@v0.calibration.json";
import card from "../models/global@v0.card.json";
import onnx from "../models/global@v0.onnx";
import { waitUntil } from "cloudflare:workers";
import { createAccount } from "./account.ts";
import { createAllowance, type Count } from "./allowance.ts";
import type { EdgeServices } from "./app.ts";
import { withDeadline } from "../shared/deadline.ts";
import { Config, type Env } from "./env.ts";
import { answerStores } from "./idempotency/answer-stores.ts";
import { createOnce } from "./idempotency/once.ts";
import { fetchRelease } from "./model/fetch-release.ts";
import { createOrtSession } from "./model/ort-runtime.ts";
import { createLiveConfig } from "./live-config.ts";
import { DIRECT_ROWS } from "./model/runner.ts";
import { createScorer } from "./model/scorer.ts";
import { coalesce } from "./coalesce.ts";
import { packRequests, unpackAnswers, type RecallRequest } from "./profiles/wire.ts";
import { inMessages, type Line } from "./publish.ts";
import { createPseudonymizer } from "./privacy.ts";

/** How long requests wait to share a call to a profile store or the queue: of what a shopper's answer may take, little. */
const SHARING_MS = 5;
/** Events of one request that ask the profile store, and go to the queue, alone: measured by `npm run bench -- batch`, a sixth more batches a second. */
const ALONE_FROM = 32;
/** Beyond this the queue counts as not reachable. */
const QUEUE_DEADLINE_MS = 3_000;

/** Begun with the isolate, before there is a request to wait for it. */
const bundled = verifyRelease({ onnx: new Uint8Array(onnx), card, calibration, client: null });
bundled.catch(() => undefined); // the scorer says what is wrong

let services: EdgeServices | undefined;

/** What lives as long as the isolate, whichever of its entries is asked first. @throws Error when the configuration is wrong */
export function servicesOf(env: Env): EdgeServices {
  return (services ??= start(env));
}

function start(env: Env): EdgeServices {
  const parsed = Config.safeParse(env);
  if (!parsed.success) throw new Error(`The edge is not configured: ${z.prettifyError(parsed.error)}`);
  const config = parsed.data;
  const nowMs = () => Date.now();
  const log = (line: Record<string, unknown>) => console.log(JSON.stringify({ worker: "edge", ...line }));
  // To work out an id from a name takes as long as all else about such a call.
  const storeIds = Array.from({ length: config.profileShards }, (_each, shard) =>
    env.PROFILES.idFromName(`shard-${shard}-of-${config.profileShards}`),
  );
  const store = (shard: number) => env.PROFILES.get(storeIds[shard] as DurableObjectId); // one of them
  const recall = async (shard: number, requests: RecallRequest[]) =>
    unpackAnswers(await store(shard).recall(packRequests(requests)), requests);
  const after = (delayMs: number, act: () => void) => {
    const timer = setTimeout(act, delayMs);
    return () => clearTimeout(timer);
  };
  const sharing = { patienceMs: SHARING_MS, nowMs, after, waitUntil, aloneFrom: ALONE_FROM };
  const recallOf = Array.from({ length: config.profileShards }, (_each, shard) =>
    coalesce((requests: RecallRequest[]) => recall(shard, requests), sharing),
  );
  // One by one: a batch is written as base64, which takes longer than another call, and there is hardly ever more than one.
  const send = inMessages(({ text, urgent }) =>
    (urgent ? env.ANOMALIES : env.ASSESSMENTS).send(text, { contentType: "text" }),
  );
  const put = coalesce((lines: Line[]) => send(lines, false), sharing);
  const putUrgent = coalesce((lines: Line[]) => send(lines, true), sharing);
  return {
    ...config,
    stores: {
      shards: config.profileShards,
      recall: async (shard, requests) => (await recallOf[shard]?.(requests)) ?? [],
      takeBack: (shard, ids) => store(shard).takeBack(ids),
      learnLabels: (shard, labels) => store(shard).learnLabels(labels),
      waitUntil,
    },
    live: createLiveConfig(
      { read: (entry) => env.CONFIG.get(entry, { type: "json", cacheTtl: 30 }), nowMs, log },
      config.decision,
    ),
    scorer: createScorer({
      bundled,
      bundledCalibration: () => Calibration.parse(calibration),
      fetchActive: () => fetchRelease(ACTIVE_ENTRY, env.CONFIG, env.MODELS),
      fetchShadow: () => fetchRelease(SHADOW_ENTRY, env.CONFIG, env.MODELS),
      directRows: DIRECT_ROWS,
      createSession: createOrtSession,
      refreshMs: config.modelRefreshMs,
      nowMs,
      log,
    }),
    authenticate: createAuthenticator({
      find: (id) => findKey((entry) => env.CONFIG.get(entry, { type: "json", cacheTtl: 30 }), id),
      sha256Hex,
      nowMs,
    }),
    account: createAccount({
      send: (message) => env.ACCOUNTS.send(message, { contentType: "json" }),
      newId: () => newId("acc", Date.now(), randomBytes()),
      waitUntil,
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      nowMs,
      intervalMs: config.accountIntervalMs,
      log,
    }),
    allowance: createAllowance(
      {
        publishable: counting(env.PUBLISHABLE_RATE),
        secret: counting(env.SECRET_RATE),
        refused: counting(env.REFUSED_RATE),
      },
      nowMs,
    ),
    snippets: {
      get: async (version) => (await env.MODELS.get(snippetFile(version)))?.text() ?? null,
      put: (version, text) => env.MODELS.put(snippetFile(version), text),
    },
    once: createOnce(answerStores(env.IDEMPOTENCY)),
    pseudonymize: createPseudonymizer(config.privacyKey),
    put: (lines, urgent) => (urgent ? putUrgent : put)(lines),
    checkQueue: async () => {
      await withDeadline(env.ASSESSMENTS.metrics(), QUEUE_DEADLINE_MS);
    },
    nextTurn: () => new Promise((resolve) => setTimeout(resolve, 0)),
    openStream: async (request) => {
      const { status, webSocket } = await env.STREAMS.get(env.STREAMS.newUniqueId()).fetch(request);
      return new Response(null, { status, webSocket });
    },
    newRequestId: () => newId("req", Date.now(), randomBytes()),
    nowMs,
    log,
  };
}

function randomBytes(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(ID_RANDOM_BYTES));
}

/** Beside the models, as one bucket holds what outlives a deployment. */
function snippetFile(version: string): string {
  return `snippets/pulse-${version}.js`;
}

function counting(limit: RateLimit): Count {
  return async (key, delta) => (await limit.limit({ key, delta })).success;
}
