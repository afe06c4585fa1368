import * as z from "zod";
import { AnsweredTime } from "../query/fields.ts";
import { AlertType } from "./alert-type.ts";
import type { DeliveryRow } from "./delivery-log.ts";
import { KindName } from "./kinds/kind.ts";
import { withoutSecret } from "./kinds/slack.ts";
import type { WebhookRow } from "./webhooks.ts";

/** A webhook as it is answered. */
export const WebhookAnswer = z.strictObject({
  id: z.string(),
  kind: KindName,
  url: z.string().meta({ description: "Where alerts are posted; of Slack's without the secret part." }),
  from: z.string().optional().meta({ description: "Of kind email." }),
  to: z.array(z.string()).optional().meta({ description: "Of kind email." }),
  description: z.string().nullable(),
  types: z.array(AlertType),
  enabled: z.boolean(),
  disabled_reason: z.string().nullable().meta({ description: "Why nothing is sent; null while enabled." }),
  disabled_at: AnsweredTime.nullable(),
  failing_since: AnsweredTime.nullable().meta({
    description: "First failure since the last success; null when there is none.",
  }),
  paused_until: AnsweredTime.nullable().meta({
    description:
      "It failed too often in a row: until then nothing is attempted, and from then on one delivery at a time until one succeeds. Null else.",
  }),
  replay_since: AnsweredTime.nullable().meta({
    description: "What was missed since then is being delivered again; null when nothing is.",
  }),
  previous_secret_until: AnsweredTime.nullable().meta({
    description: "Until when the secret before signs as well; null when none does.",
  }),
  created_at: AnsweredTime,
});

export function webhookAnswer(row: WebhookRow, nowMs: number): z.input<typeof WebhookAnswer> {
  const until = row.previousSecretUntil;
  return {
    id: row.id,
    kind: row.kind,
    url: row.kind === "slack" ? withoutSecret(row.url) : row.url,
    ...row.settings,
    description: row.description,
    types: z.array(AlertType).parse(row.types),
    enabled: row.enabled,
    disabled_reason: row.disabledReason,
    disabled_at: time(row.disabledAt),
    failing_since: time(row.failingSince),
    paused_until: time(row.openUntil),
    replay_since: time(row.replaySince),
    previous_secret_until: until !== null && until.getTime() > nowMs ? time(until) : null,
    created_at: row.createdAt.toISOString(),
  };
}

export const DeliveryStatus = z.enum(["pending", "delivered", "exhausted", "cancelled"]).meta({
  description:
    "exhausted: ten attempts failed. cancelled: the webhook was disabled or deleted before one succeeded. Either can be replayed.",
});

const AttemptAnswer = z.strictObject({
  attempt: z.int().meta({ description: "From 1. Of a number that is missing the outcome was never learned." }),
  started_at: AnsweredTime,
  duration_ms: z.int(),
  status: z.int().nullable().meta({ description: "HTTP status; null when there was no answer." }),
  error: z.string().nullable().meta({ description: "Why it failed; null when it did not." }),
  answer: z
    .string()
    .nullable()
    .meta({ description: "The first 4 KB of the answer's text; null when there was no answer." }),
});

/** A delivery with its attempts as it is answered. */
export const DeliveryAnswer = z.strictObject({
  id: z.string().meta({ description: "The webhook-id header of every attempt." }),
  alert_id: z.string(),
  type: AlertType,
  status: DeliveryStatus,
  next_attempt_at: AnsweredTime.nullable().meta({
    description:
      "null once there is none. While an attempt is under way, when another follows should this one never end.",
  }),
  created_at: AnsweredTime,
  finished_at: AnsweredTime.nullable(),
  attempts: z.array(AttemptAnswer),
});

export function deliveryAnswer(row: DeliveryRow): z.input<typeof DeliveryAnswer> {
  return {
    id: row.id,
    alert_id: row.alertId,
    type: AlertType.parse(row.type),
    status: row.status,
    next_attempt_at: row.status === "pending" ? row.nextAttemptAt.toISOString() : null,
    created_at: row.createdAt.toISOString(),
    finished_at: time(row.finishedAt),
    attempts: row.attempts.map(({ attempt, startedAt, durationMs, status, error, answer }) => ({
      attempt,
      started_at: startedAt.toISOString(),
      duration_ms: durationMs,
      status,
      error,
      answer,
    })),
  };
}

function time(at: Date | null): string | null {
  return at === null ? null : at.toISOString();
}
