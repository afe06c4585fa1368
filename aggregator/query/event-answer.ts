import * as z from "zod";
import { Assessment } from "../../shared/assessment.ts";
import { KeptEvent } from "../../shared/event.ts";
import { FEATURE_NAMES, FEATURE_SET, MISSING } from "../../shared/features/features.ts";
import { ScoredEvent } from "../../shared/message.ts";
import { Signals } from "../../shared/signals.ts";
import type { EventRecord } from "../store/find-events.ts";
import type { Transaction } from "../store/transactions.ts";
import { AnsweredTime } from "./fields.ts";

/** An event as it is answered: its own fields, and beside them all that was made of it. */
export const EventAnswer = z.strictObject({
  ...KeptEvent.shape,
  timestamp: AnsweredTime,
  // As free as they were let in; checked at the edge.
  properties: z.record(z.string(), z.unknown()).optional(),
  received_at: AnsweredTime,
  timestamp_source: ScoredEvent.shape.timestamp_source,
  source: ScoredEvent.shape.source,
  signals: Signals,
  feature_set: ScoredEvent.shape.feature_set,
  features: z
    .record(z.string(), z.number().nullable())
    .meta({ description: "What the model was given, by feature; null where it was unknown." }),
  assessment: Assessment,
  runtime: ScoredEvent.shape.runtime,
  label: z
    .enum(["fraud", "legitimate"])
    .nullable()
    .meta({ description: "What it turned out to be; null while nobody said." }),
});
export type EventAnswer = z.input<typeof EventAnswer>;

export function eventAnswer(record: EventRecord): EventAnswer {
  return {
    ...record.event,
    timestamp: record.occurredAt.toISOString(),
    received_at: record.receivedAt.toISOString(),
    timestamp_source: record.timestampSource,
    source: record.source,
    signals: record.signals,
    feature_set: record.featureSet,
    features: namedFeatures(record.featureSet, record.features),
    assessment: record.assessment,
    runtime: record.runtime,
    label: record.label,
  };
}

const TransactionAnswer = z.strictObject({
  id: z.string(),
  counted: z.boolean().meta({
    description:
      "Whether this event is the purchase that counts in orders and revenue: the first stored of its transaction that was not declined.",
  }),
  purchase_event_id: z.string().nullable().meta({
    description: "The purchase that counts; another one of the same transaction is a repeat. Null while there is none.",
  }),
  refunds: z
    .array(
      z.strictObject({
        currency: z.string(),
        count: z.int().meta({ description: "Refund events." }),
        amount: z.number().meta({ description: "Their values added up, in major units of `currency`." }),
        first_at: AnsweredTime,
        last_at: AnsweredTime,
      }),
    )
    .meta({ description: "What was refunded of the transaction, by currency. A refund may come before its purchase." }),
});

/** Beside a score; never in place of it. */
export const Probability = z.number().min(0).max(1).nullable().meta({
  description:
    "Of events with such a score that a person judged, the share that was fraud, fitted daily; null while none was judged. For display.",
});

/** An event by itself: also what was made of it beside the assessment, and what became of the transaction it names. */
export const EventDetail = z.strictObject({
  ...EventAnswer.shape,
  rules: ScoredEvent.shape.rules,
  shadow: ScoredEvent.shape.shadow,
  fraud_probability: Probability,
  transaction: TransactionAnswer.optional().meta({ description: "Only of an event that names one." }),
});

export function eventDetail(
  record: EventRecord,
  transaction: Transaction | null,
  probability: number | null,
): z.input<typeof EventDetail> {
  const { rules, shadow } = record;
  const detail = { ...eventAnswer(record), rules, shadow, fraud_probability: probability };
  if (transaction === null) return detail;
  const { id, purchase_event_id, refunds } = transaction;
  return {
    ...detail,
    transaction: {
      id,
      counted: purchase_event_id === record.id,
      purchase_event_id,
      refunds: refunds.map(({ first_at, last_at, ...sum }) => ({
        ...sum,
        first_at: first_at.toISOString(),
        last_at: last_at.toISOString(),
      })),
    },
  };
}

/** Another feature set's names are not known here: its features are counted. */
function namedFeatures(featureSet: string, features: readonly number[]): Record<string, number | null> {
  const names = featureSet === FEATURE_SET ? FEATURE_NAMES : [];
  return Object.fromEntries(
    features.map((value, index) => [names[index] ?? `f${index}`, value === MISSING ? null : value]),
  );
}
