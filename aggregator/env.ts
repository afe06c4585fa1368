import * as z from "zod";
import type { LabelMessage } from "../shared/label.ts";
import type { TrainingParams } from "./learn/workflow.ts";
import type { LanguageModel } from "./insights/rephrase.ts";
import type { LiveFeed } from "./live/live-feed.ts";

/** The aggregator Worker's bindings as wrangler.toml names them. Only the entry sees them. */
export interface Env {
  CONFIG: KVNamespace;
  SPOOL: R2Bucket;
  MODELS: R2Bucket;
  /** Both only asked how many messages wait. */
  ASSESSMENTS: Pick<Queue, "metrics">;
  ANOMALIES: Pick<Queue, "metrics">;
  DELIVERIES: Queue<{ delivery_id: string }>;
  LABELS: Queue<LabelMessage>;
  LIVE: DurableObjectNamespace<LiveFeed>;
  TRAINING: Workflow<TrainingParams>;
  /** The dashboard's files. */
  ASSETS: Fetcher;
  /** Workers AI, where it is bound; of use only with INSIGHTS_MODEL. */
  AI?: LanguageModel;
  DATABASE_URL: string;
  DATABASE_ENDPOINT: string;
  ALLOW_LOCAL_WEBHOOKS: string;
  PUBLIC_URL: string;
}

/** The vars and secrets as values of the domain. A Worker whose configuration does not parse does not serve. */
export const Config = z
  .object({
    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: "must be a postgres:// or postgresql:// URL" }),
    DATABASE_ENDPOINT: z.union([z.literal(""), z.url({ protocol: /^https?$/ })], {
      error: "must be empty or an http(s) URL",
    }),
    ALLOW_LOCAL_WEBHOOKS: z.enum(["true", "false"]),
    PUBLIC_URL: z.url({ protocol: /^https?$/, error: "must be an http(s) URL" }),
    INSIGHTS_MODEL: z.string().default(""),
  })
  .transform((vars) => ({
    databaseUrl: vars.DATABASE_URL,
    /** Where the driver sends its queries; null for Neon's own endpoint. */
    databaseEndpoint: vars.DATABASE_ENDPOINT === "" ? null : vars.DATABASE_ENDPOINT,
    allowLocalWebhooks: vars.ALLOW_LOCAL_WEBHOOKS === "true",
    /** Without a slash at the end, so that a path can follow. */
    publicUrl: vars.PUBLIC_URL.replace(/\/+$/, ""),
    /** The language model that rephrases insights; null for none. */
    insightsModel: vars.INSIGHTS_MODEL === "" ? null : vars.INSIGHTS_MODEL,
  }));
export type Config = z.infer<typeof Config>;

/**
 * @throws Error that names each var that is wrong, and not its value: one of them is a secret
 */
export function readConfig(env: unknown): Config {
  const result = Config.safeParse(env);
  if (result.success) return result.data;
  throw new Error(
    `bad configuration: ${result.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`).join("; ")}`,
  );
}
