import * as z from "zod";
import type { AccountMessage } from "../shared/account.ts";
import { RuleSettings } from "../shared/rules/settings.ts";
import type { IdempotencyStore } from "./idempotency/idempotency-store.ts";
import type { ProfileStore } from "./profiles/profile-store.ts";
import type { EventStream } from "./stream/event-stream.ts";

/** The edge Worker's bindings as wrangler.toml names them. */
export interface Env {
  ACCOUNTS: Queue<AccountMessage>;
  /** Messages are written JSON: see publish.ts. */
  ASSESSMENTS: Queue<string>;
  /** The same, of messages that hold anomalies. */
  ANOMALIES: Queue<string>;
  CONFIG: KVNamespace;
  MODELS: R2Bucket;
  PUBLISHABLE_RATE: RateLimit;
  SECRET_RATE: RateLimit;
  REFUSED_RATE: RateLimit;
  PROFILES: DurableObjectNamespace<ProfileStore>;
  IDEMPOTENCY: DurableObjectNamespace<IdempotencyStore>;
  STREAMS: DurableObjectNamespace<EventStream>;
  PRIVACY_KEY: string;
  ALERT_THRESHOLD: string;
  RULE_SETTINGS: string;
  PROFILE_SHARDS: string;
  PROFILE_DEADLINE_MS: string;
  STREAM_FRAMES_PER_MINUTE: string;
  STREAM_IDLE_MS: string;
  ACCOUNT_INTERVAL_MS: string;
  MODEL_REFRESH_MS: string;
}

const json = z.string().transform((text, context) => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    context.addIssue({ code: "custom", message: "must be JSON" });
    return z.NEVER;
  }
});

/** The vars and secrets as values of the domain. A Worker whose configuration does not parse does not serve. */
export const Config = z
  .object({
    PRIVACY_KEY: z.string().regex(/^[0-9a-f]{64}$/, "must be 32 bytes as hex"),
    ALERT_THRESHOLD: z.coerce.number().min(0.1).max(1),
    RULE_SETTINGS: json.pipe(RuleSettings),
    PROFILE_SHARDS: z.coerce.number().int().min(1).max(1024),
    PROFILE_DEADLINE_MS: z.coerce.number().int().min(1).max(10_000),
    STREAM_FRAMES_PER_MINUTE: z.coerce.number().int().min(1).max(1_000_000),
    STREAM_IDLE_MS: z.coerce.number().int().min(1_000).max(86_400_000),
    ACCOUNT_INTERVAL_MS: z.coerce.number().int().min(100).max(10_000),
    MODEL_REFRESH_MS: z.coerce.number().int().min(10).max(600_000),
  })
  .transform((vars) => ({
    privacyKey: vars.PRIVACY_KEY,
    decision: { threshold: vars.ALERT_THRESHOLD, rules: vars.RULE_SETTINGS },
    profileShards: vars.PROFILE_SHARDS,
    profileDeadlineMs: vars.PROFILE_DEADLINE_MS,
    streamFramesPerMinute: vars.STREAM_FRAMES_PER_MINUTE,
    streamIdleMs: vars.STREAM_IDLE_MS,
    accountIntervalMs: vars.ACCOUNT_INTERVAL_MS,
    modelRefreshMs: vars.MODEL_REFRESH_MS,
  }));
export type Config = z.infer<typeof Config>;
