import * as z from "zod";
import { AnsweredTime } from "../query/fields.ts";
import { Contribution } from "./figures.ts";
import type { IncidentRow } from "./incident-rows.ts";
import { Side, WATCHED_DIMENSIONS, WatchedName } from "./watched.ts";

export const IncidentStatus = z.enum(["open", "closed"]);

const Dimension = z.enum(WATCHED_DIMENSIONS);

export const IncidentAnswer = z.strictObject({
  id: z.string(),
  status: IncidentStatus,
  metric: WatchedName.meta({ description: "What it is named after; `signals` has all it shows in." }),
  dimension: Dimension,
  member: z.string().nullable().meta({ description: "Null for everything." }),
  title: z.string(),
  started_at: AnsweredTime.meta({ description: "When it began, as far as can be told." }),
  opened_at: AnsweredTime.meta({ description: "When it was found." }),
  last_at: AnsweredTime.meta({ description: "The last minute in which it showed." }),
  closed_at: AnsweredTime.nullable(),
  closed_by: z
    .string()
    .nullable()
    .meta({ description: "Id of the key that closed it; null when it was over by itself." }),
  observed: z.number().nullable().meta({
    description: "Of the metric since it began: counts and revenue by the minute, rates and order values as they are.",
  }),
  expected: z.number().nullable(),
  band: z
    .strictObject({ low: z.number(), high: z.number() })
    .nullable()
    .meta({ description: "Where it would be by chance." }),
  change: z.number().nullable().meta({ description: "-0.5 for half of what was expected." }),
  impact: z
    .strictObject({ amount: z.number(), currency: z.string() })
    .nullable()
    .meta({ description: "Revenue beyond what was expected, negative for a loss; null where it cannot be told." }),
  signals: z.array(
    z.strictObject({
      metric: WatchedName,
      dimension: Dimension,
      member: z.string().nullable(),
      side: Side,
      started_at: AnsweredTime,
    }),
  ),
  segments: z.array(Contribution).meta({ description: "Where most of the difference is, the largest part first." }),
  anomalies: z
    .strictObject({ count: z.int(), ids: z.array(z.string()) })
    .meta({ description: "Point anomalies of its time and segment; the ids are those with the highest scores." }),
  note: z.string().nullable(),
});

export function incidentAnswer(row: IncidentRow): z.input<typeof IncidentAnswer> {
  const { impact, currency, low, high } = row;
  return {
    id: row.id,
    status: row.status,
    metric: row.metric,
    dimension: row.dimension,
    member: memberOf(row),
    title: row.title,
    started_at: row.startedAt.toISOString(),
    opened_at: row.openedAt.toISOString(),
    last_at: row.lastAt.toISOString(),
    closed_at: row.closedAt?.toISOString() ?? null,
    closed_by: row.closedBy,
    observed: row.observed,
    expected: row.expected,
    band: low === null || high === null ? null : { low, high },
    change: row.change,
    impact: impact === null || currency === null ? null : { amount: Math.round(impact * 100) / 100, currency },
    signals: row.signals.map((signal) => ({ ...signal, member: memberOf(signal) })),
    segments: row.segments,
    anomalies: { count: row.anomalies, ids: row.anomalyIds },
    note: row.note,
  };
}

function memberOf({ dimension, member }: { dimension: string; member: string }): string | null {
  return dimension === "all" ? null : member;
}
