import type { Hono } from "hono";
import { createAuthenticator } from "../shared/authenticator.ts";
import { sha256Hex } from "../shared/digest.ts";
import { findKey } from "../shared/find-key.ts";
import { ID_RANDOM_BYTES, newId } from "../shared/ids.ts";
import type { LabelMessage } from "../shared/label.ts";
import { describe } from "../shared/serve.ts";
import { forgetCounted } from "./accounts/count-once.ts";
import { consumeDeliveries, deliverDue } from "./alert/deliver.ts";
import { raiseDue, raiseNow } from "./alert/rules/raise-anomalies.ts";
import { createApp } from "./app.ts";
import { consumeAccounts, consumeAssessments, consumeDeadLetters, type ConsumeServices } from "./consume.ts";
import { copyChangedConfig } from "./detection/copies.ts";
import { drainSpool } from "./drain.ts";
import { readConfig, type Env } from "./env.ts";
import { copyChanged } from "./keys/copies.ts";
import { sendLabels } from "./labels/send.ts";
import { createDb } from "./store/db.ts";
import { countEarlierEvents } from "./store/earlier-events.ts";
import { watchMetrics } from "./watch/watch.ts";

/** How long KV may answer from its cache; the least it allows. */
const KEY_CACHED_S = 30;

let worker: ReturnType<typeof start> | undefined;

/** What lives as long as the isolate. @throws Error when the configuration is wrong, so that nothing is served by it */
function start(env: Env) {
  const config = readConfig(env);
  const services = {
    db: createDb(config, (input, init) => fetch(input, init)),
    spool: env.SPOOL,
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
    log: (line: Record<string, unknown>) => console.log(JSON.stringify({ worker: "aggregator", ...line })),
  };
  const app: Hono = createApp(services);
  return { app, services };
}

export default {
  fetch(request, env, context) {
    worker ??= start(env);
    return worker.app.fetch(request, env, context);
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
    const drained = drainSpool(services);
    const [spool, raised, due, keys, config, labels, forgotten, earlier, watched] = await Promise.allSettled([
      drained,
      drained.then(() => raiseDue(services)),
      deliverDue(services),
      copyChanged(services),
      copyChangedConfig(services),
      sendLabels(services),
      forgetCounted(services.db),
      countEarlierEvents(services),
      watchMetrics(services),
    ]);
    services.log({
      cron: controller.cron,
      spool: spool.status === "fulfilled" ? spool.value : { cause: describe(spool.reason) },
      keys: keys.status === "fulfilled" ? keys.value : { cause: describe(keys.reason) },
      config: config.status === "fulfilled" ? config.value : { cause: describe(config.reason) },
      labels: labels.status === "fulfilled" ? labels.value : { cause: describe(labels.reason) },
      watched: watched.status === "fulfilled" ? watched.value : { cause: describe(watched.reason) },
      raised: raised.status === "fulfilled" ? raised.value : { cause: describe(raised.reason) },
      ...(due.status === "fulfilled" ? {} : { deliverDueCause: describe(due.reason) }),
      ...(forgotten.status === "fulfilled" ? {} : { forgetCountedCause: describe(forgotten.reason) }),
      ...(earlier.status === "fulfilled" ? {} : { countEarlierCause: describe(earlier.reason) }),
      totalMs: services.nowMs() - startMs,
    });
  },
} satisfies ExportedHandler<Env>;
