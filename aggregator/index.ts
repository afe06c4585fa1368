import { WorkflowEntrypoint, waitUntil, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import type { Hono } from "hono";
import { createAuthenticator } from "../shared/authenticator.ts";
import { sha256Hex } from "../shared/digest.ts";
import { findKey } from "../shared/find-key.ts";
import { ID_RANDOM_BYTES, newId } from "../shared/ids.ts";
import type { LabelMessage } from "../shared/label.ts";
import { consumeDeliveries } from "./alert/deliver.ts";
import { raiseNow } from "./alert/rules/raise-anomalies.ts";
import { createApp } from "./app.ts";
import { consumeAccounts, consumeAssessments, consumeDeadLetters, type ConsumeServices } from "./consume.ts";
import { driftNow } from "./drift/check.ts";
import { readConfig, type Env } from "./env.ts";
import { createRephrase } from "./insights/rephrase.ts";
import { restartWorkflow, startWorkflow, trainDurably, type TrainingParams } from "./learn/workflow.ts";
import { createLive } from "./live/tell.ts";
import { everyMinute } from "./minute.ts";
import { readBundled } from "./models/bundled.ts";
import { serveDashboard } from "./serve-dashboard.ts";
import { createDb } from "./store/db.ts";

export { LiveFeed } from "./live/live-feed.ts";

/** How long KV may answer from its cache; the least it allows. */
const KEY_CACHED_S = 30;

let worker: ReturnType<typeof start> | undefined;

/** What lives as long as the isolate. @throws Error when the configuration is wrong, so that nothing is served by it */
function start(env: Env) {
  const config = readConfig(env);
  const log = (line: Record<string, unknown>) => console.log(JSON.stringify({ worker: "aggregator", ...line }));
  const { AI: model } = env;
  const rephrase =
    model === undefined || config.insightsModel === null
      ? null
      : createRephrase({ model, name: config.insightsModel, nowMs: () => Date.now(), log });
  const liveFeed = () => env.LIVE.get(env.LIVE.idFromName("all"));
  const services = {
    db: createDb(config, (input, init) => fetch(input, init)),
    spool: env.SPOOL,
    models: env.MODELS,
    bundled: readBundled,
    waitUntil,
    config: { allowLocalWebhooks: config.allowLocalWebhooks, publicUrl: config.publicUrl },
    authenticate: createAuthenticator({
      find: (id) => findKey((entry) => env.CONFIG.get(entry, { type: "json", cacheTtl: KEY_CACHED_S }), id),
      sha256Hex,
      nowMs: () => Date.now(),
    }),
    keyCopies: env.CONFIG,
    randomBytes: (count: number) => crypto.getRandomValues(new Uint8Array(count)),
    fetch: (input: RequestInfo | URL, init?: RequestInit) => fetch(input, init),
    nowMs: () => Date.now(),
    random: () => Math.random(),
    newId: (prefix: string) => newId(prefix, Date.now(), crypto.getRandomValues(new Uint8Array(ID_RANDOM_BYTES))),
    retryLater: async (deliveryId: string, delaySeconds: number) => {
      await env.DELIVERIES.send({ delivery_id: deliveryId }, { contentType: "json", delaySeconds });
    },
    queueLabels: (labels: LabelMessage[]) =>
      env.LABELS.sendBatch(labels.map((body) => ({ body, contentType: "json" as const }))),
    waitingMessages: async () => {
      const waiting = await Promise.all([env.ASSESSMENTS.metrics(), env.ANOMALIES.metrics()]);
      return waiting.reduce((sum, { backlogCount }) => sum + backlogCount, 0);
    },
    live: createLive({
      tell: (messages, isAfterLoss) => liveFeed().tell(messages, isAfterLoss),
      waitUntil,
      nowMs: () => Date.now(),
      log,
    }),
    openLive: async (request: Request) => {
      const { status, webSocket } = await liveFeed().fetch(request);
      return new Response(null, { status, webSocket });
    },
    rephrase,
    startTraining: (runId: string) => startWorkflow(env.TRAINING, runId),
    restartTraining: (runId: string) => restartWorkflow(env.TRAINING, runId),
    log,
  };
  const app: Hono = createApp(services);
  return { app, services };
}

/** A training run; see learn/run-training.ts. */
export class Training extends WorkflowEntrypoint<Env, TrainingParams> {
  override async run({ payload }: WorkflowEvent<TrainingParams>, step: WorkflowStep): Promise<void> {
    const { services } = (worker ??= start(this.env));
    await trainDurably({ ...services, checkDrift: () => driftNow(services) }, payload, step);
  }
}

export default {
  fetch(request, env, context) {
    const { app } = (worker ??= start(env));
    return serveDashboard(request, env.ASSETS).then((answer) => answer ?? app.fetch(request, env, context));
  },

  async queue(batch, env, context) {
    const { services } = (worker ??= start(env));
    const consuming: ConsumeServices = {
      ...services,
      raiseNow: () => raiseNow(services),
      waitUntil: (work) => context.waitUntil(work),
    };
    switch (batch.queue) {
      case "pulseecom-assessments":
      case "pulseecom-anomalies":
        return consumeAssessments(batch, consuming);
      case "pulseecom-assessments-dead":
        return consumeDeadLetters(batch, consuming);
      // Counts can only be counted: what the queue gave up on is tried a hundred times more.
      case "pulseecom-accounts":
      case "pulseecom-accounts-dead":
        return consumeAccounts(batch, consuming);
      case "pulseecom-deliveries":
        return consumeDeliveries(batch, { ...services, waitUntil: consuming.waitUntil });
      default:
        // Messages of a queue that is wired but not known must not be acknowledged by returning.
        throw new Error(`no consumer for the queue ${batch.queue}`);
    }
  },

  async scheduled(controller, env) {
    const { services } = (worker ??= start(env));
    const startMs = services.nowMs();
    const outcomes = await everyMinute(services);
    services.log({ cron: controller.cron, ...outcomes, totalMs: services.nowMs() - startMs });
  },
} satisfies ExportedHandler<Env>;
