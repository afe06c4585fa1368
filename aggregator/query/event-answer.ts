import * as z from "zod";
import { Assessment } from "../../shared/assessment.ts";
import { KeptEvent } from "../../shared/event.ts";
import { FEATURE_NAMES, FEATURE_SET, MISSING } from "../../shared/features.ts";
import { ScoredEvent } from "../../shared/message.ts";
import { Signals } from "../../shared/signals.ts";
import type { EventRecord } from "../store/find-events.ts";
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
  };
}

/** Another feature set's names are not known here: its features are counted. */
function namedFeatures(featureSet: string, features: readonly number[]): Record<string, number | null> {
  const names = featureSet === FEATURE_SET ? FEATURE_NAMES : [];
  return Object.fromEntries(
    features.map((value, index) => [names[index] ?? `f${index}`, value === MISSING ? null : value]),
  );
}
