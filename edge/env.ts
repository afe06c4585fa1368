import * as z from "zod";
import { RuleSettings } from "../shared/rules/settings.ts";
import type { IntakeMessage } from "../shared/message.ts";
import type { ProfileStore } from "./profiles/profile-store.ts";

/** The edge Worker's bindings as wrangler.toml names them. */
export interface Env {
  ASSESSMENTS: Queue<IntakeMessage>;
  CONFIG: KVNamespace;
  MODELS: R2Bucket;
  PROFILES: DurableObjectNamespace<ProfileStore>;
  PRIVACY_KEY: string;
  ALERT_THRESHOLD: string;
  RULE_SETTINGS: string;
  PROFILE_SHARDS: string;
  PROFILE_DEADLINE_MS: string;
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
  })
  .transform((vars) => ({
    privacyKey: vars.PRIVACY_KEY,
    decision: { threshold: vars.ALERT_THRESHOLD, rules: vars.RULE_SETTINGS },
    profileShards: vars.PROFILE_SHARDS,
    profileDeadlineMs: vars.PROFILE_DEADLINE_MS,
  }));
export type Config = z.infer<typeof Config>;
