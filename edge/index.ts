import type { Hono } from "hono";
import { createApp } from "./app.ts";
import type { Env } from "./env.ts";
import { consumeLabels } from "./labels.ts";
import { servicesOf } from "./services.ts";

export { IdempotencyStore } from "./idempotency/idempotency-store.ts";
export { ProfileStore } from "./profiles/profile-store.ts";
export { EventStream } from "./stream/event-stream.ts";

let app: Hono | undefined;

export default {
  fetch(request, env, context) {
    app ??= createApp(servicesOf(env));
    return app.fetch(request, env, context);
  },

  async queue(batch, env) {
    switch (batch.queue) {
      // A label can only be learned: what the queue gave up on is tried a hundred times more.
      case "pulseecom-labels":
      case "pulseecom-labels-dead":
        return consumeLabels(batch, servicesOf(env));
      default:
        throw new Error(`no consumer for the queue ${batch.queue}`);
    }
  },
} satisfies ExportedHandler<Env>;
