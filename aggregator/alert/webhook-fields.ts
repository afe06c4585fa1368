import * as z from "zod";
import { LIMITS } from "../../shared/limits.ts";
import { Keepable } from "../query/fields.ts";
import { ALERT_TYPES, AlertType } from "./alert-type.ts";
import { RESEND_URL } from "./kinds/email.ts";
import { KIND_NAMES, type KindName, type KindSettings } from "./kinds/kind.ts";
import { PAGERDUTY_URLS } from "./kinds/pagerduty.ts";

const Url = z
  .string()
  .max(LIMITS.urlLength)
  .meta({
    description: "Where alerts are posted: https on port 443 or 8443 of a public host, without credentials.",
    examples: ["https://hooks.example.com/pulse"],
  });
const SlackUrl = z
  .string()
  .max(LIMITS.urlLength)
  .meta({
    description: "URL of an incoming webhook of Slack's. Its last part is secret and not shown again.",
    examples: ["https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX"],
  });
const RoutingKey = z
  .string()
  .regex(/^[A-Za-z0-9]{32}$/, "must be the 32 characters of an integration key")
  .meta({ description: "Integration key of a PagerDuty service, Events API v2. Not shown again." });
const Region = z.enum(["us", "eu"]).meta({ description: "Where the PagerDuty account is." });
const ApiKey = z
  .string()
  .regex(/^re_[A-Za-z0-9_]{8,200}$/, "must be an API key of Resend's")
  .meta({ description: "API key of Resend's that may send. Not shown again." });
const From = z
  .string()
  .max(320)
  .regex(
    /^(?:[^<>"\p{Cc}]{1,100} <[^<>\s@,]+@[^<>\s@,]+>|[^<>\s@,]+@[^<>\s@,]+)$/u,
    "must be an address, with or without a name",
  )
  .meta({ description: "Sender, of a domain that Resend has verified.", examples: ["PulseEcom <alerts@example.com>"] });
const To = z.array(z.email().max(254)).min(1).max(20).meta({ description: "Recipients." });
const Description = Keepable.max(LIMITS.textLength).meta({ description: "For people." });
const Types = z
  .array(AlertType)
  .min(1)
  .refine((types) => new Set(types).size === types.length, "must not name a type twice")
  .meta({ description: "The types of alert that are sent here." });

const common = { description: Description.nullable().default(null), types: Types.default([...ALERT_TYPES]) };

/** What a new webhook is made of, by its kind. */
export const NewWebhook = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ kind: z.literal("webhook").optional().default("webhook"), url: Url, ...common }),
    z.strictObject({ kind: z.literal("slack"), url: SlackUrl, ...common }),
    z.strictObject({
      kind: z.literal("pagerduty"),
      routing_key: RoutingKey,
      region: Region.default("us"),
      ...common,
    }),
    z.strictObject({ kind: z.literal("email"), api_key: ApiKey, from: From, to: To, ...common }),
  ],
  { error: ({ code }) => (code === "invalid_union" ? `must be one of ${KIND_NAMES.join(", ")}` : undefined) },
);
export type NewWebhook = z.infer<typeof NewWebhook>;

export const WebhookChange = z
  .strictObject({
    url: Url.optional(),
    routing_key: RoutingKey.optional(),
    region: Region.optional(),
    api_key: ApiKey.optional(),
    from: From.optional(),
    to: To.optional(),
    description: Description.nullable().optional(),
    types: Types.optional(),
    enabled: z
      .boolean()
      .optional()
      .meta({ description: "false cancels what still waits for this webhook; true begins with a clean record." }),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), "must change something")
  .meta({ description: "What a kind does not have cannot be changed; the kind itself cannot either." });
export type WebhookChange = z.infer<typeof WebhookChange>;

/** What each kind is reached by. */
const REACHED_BY: Record<KindName, readonly (keyof WebhookChange)[]> = {
  webhook: ["url"],
  slack: ["url"],
  pagerduty: ["routing_key", "region"],
  email: ["api_key", "from", "to"],
};
const ALL_REACHED_BY = new Set(Object.values(REACHED_BY).flat());

/** Of a change, the fields that a webhook of this kind does not have. */
export function foreignFields(kind: KindName, change: WebhookChange): string[] {
  return [...ALL_REACHED_BY].filter((name) => change[name] !== undefined && !REACHED_BY[kind].includes(name));
}

/** How a webhook is reached, as the table keeps it. */
export interface Reached {
  url?: string;
  secret?: string;
  settings?: KindSettings;
}

/** What fields come to in the table; a provider's URL follows from its region. */
export function reachedBy({ url, routing_key, region, api_key, from, to }: Partial<WebhookChange>): Reached {
  const secret = routing_key ?? api_key;
  const reachedAt = region === undefined ? url : PAGERDUTY_URLS[region];
  return {
    ...(reachedAt !== undefined && { url: reachedAt }),
    ...(secret !== undefined && { secret }),
    ...((from !== undefined || to !== undefined) && {
      settings: { ...(from !== undefined && { from }), ...(to !== undefined && { to }) },
    }),
  };
}

/** How a new webhook is reached. @param newSecret makes the secret that signs, which only a shop's own endpoint has */
export function reachedFirstBy(webhook: NewWebhook, newSecret: () => string): Required<Reached> {
  const { url = RESEND_URL, secret, settings = {} } = reachedBy(webhook);
  return { url, secret: secret ?? (webhook.kind === "slack" ? "" : newSecret()), settings };
}
