import type { Hono } from "hono";
import { createApp } from "./app.ts";
import type { Env } from "./env.ts";
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
} satisfies ExportedHandler<Env>;
