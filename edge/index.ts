import * as z from "zod";
import { createAuthenticator } from "../shared/authenticator.ts";
import { Calibration } from "../shared/calibration.ts";
import { sha256Hex } from "../shared/digest.ts";
import type { IntakeMessage } from "../shared/message.ts";
import { findKey } from "../shared/find-key.ts";
import { ID_RANDOM_BYTES, newId } from "../shared/ids.ts";
import calibration from "../models/global@v0.calibration.json";
import card from "../models/global@v0.card.json";
import onnx from "../models/global@v0.onnx";
import { waitUntil } from "cloudflare:workers";
import { createApp } from "./app.ts";
import { withDeadline } from "../shared/deadline.ts";
import { Config, type Env } from "./env.ts";
import { fetchActive } from "./model/active.ts";
import { createOrtSession } from "./model/ort-runtime.ts";
import { createScorer } from "./model/scorer.ts";
import { coalesce } from "./coalesce.ts";
import { packRequest, unpackAnswer, type RecallRequest } from "./profiles/wire.ts";
import { sendAll } from "./send-all.ts";
import { createPseudonymizer } from "./privacy.ts";

export { ProfileStore } from "./profiles/profile-store.ts";

/** Calls to one profile store, or to the queue, that an isolate has under way before further requests share them. */
const CALLS_MOST = 4;
/** Beyond this the queue counts as not reachable. */
const QUEUE_DEADLINE_MS = 3_000;

let app: ReturnType<typeof createApp> | undefined;

function start(env: Env) {
  const parsed = Config.safeParse(env);
  if (!parsed.success) throw new Error(`The edge is not configured: ${z.prettifyError(parsed.error)}`);
  const config = parsed.data;
  const nowMs = () => Date.now();
  const log = (line: Record<string, unknown>) => console.log(JSON.stringify({ worker: "edge", ...line }));
  const store = (shard: number) =>
    env.PROFILES.get(env.PROFILES.idFromName(`shard-${shard}-of-${config.profileShards}`));
  const recall = async (shard: number, requests: RecallRequest[]) => {
    const answers = await store(shard).recall(requests.map(packRequest));
    return answers.map(unpackAnswer);
  };
  const shared = { callsMost: CALLS_MOST, patienceMs: config.profileDeadlineMs, nowMs, waitUntil };
  const recallOf = Array.from({ length: config.profileShards }, (_each, shard) =>
    coalesce((requests: RecallRequest[]) => recall(shard, requests), shared),
  );
  const send = coalesce((messages: IntakeMessage[]) => sendAll(env.ASSESSMENTS, messages), shared);
  return createApp({
    ...config,
    stores: {
      shards: config.profileShards,
      recall: async (shard, requests) => (await recallOf[shard]?.(requests)) ?? [],
      takeBack: (shard, ids) => store(shard).takeBack(ids),
      waitUntil,
    },
    scorer: createScorer({
      bundled: { onnx: new Uint8Array(onnx), card, calibration },
      bundledCalibration: Calibration.parse(calibration),
      fetchActive: () => fetchActive(env.CONFIG, env.MODELS),
      createSession: createOrtSession,
      sha256Hex,
      nowMs,
      log,
    }),
    authenticate: createAuthenticator({
      find: (id) => findKey((entry) => env.CONFIG.get(entry, { type: "json", cacheTtl: 30 }), id),
      sha256Hex,
      nowMs,
    }),
    pseudonymize: createPseudonymizer(config.privacyKey),
    send: (message) => send([message]),
    checkQueue: async () => {
      await withDeadline(env.ASSESSMENTS.metrics(), QUEUE_DEADLINE_MS);
    },
    newRequestId: () => newId("req", Date.now(), crypto.getRandomValues(new Uint8Array(ID_RANDOM_BYTES))),
    nowMs,
    log,
  });
}

export default {
  fetch(request, env, context) {
    app ??= start(env);
    return app.fetch(request, env, context);
  },
} satisfies ExportedHandler<Env>;
