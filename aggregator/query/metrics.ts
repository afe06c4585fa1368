import * as z from "zod";
import { Problem } from "../../shared/problem.ts";
import { defineRoute } from "../../shared/route.ts";
import { operation, type Operation } from "../../shared/serve.ts";
import type { Db } from "../store/db.ts";
import { MEMBERS_APART, readRollups } from "../store/read-rollups.ts";
import { CATEGORIES_OF_ORDER, NOT_SET, OTHER } from "../store/rollups.ts";
import { GUARDED } from "./access.ts";
import { BUCKETS_MOST, bucketsOf, INTERVALS, startsOf, type Buckets } from "./buckets.ts";
import type { Columns } from "./export/csv.ts";
import { exportRows, exportsOf, isExport } from "./export/export.ts";
import { AnsweredTime, Instant } from "./fields.ts";
import { GroupBy, METRICS, MetricName, Traffic, TrafficAsked, Unit, type Metric } from "./metric-table.ts";
import { bySeries, NOTHING, seriesOf, type Series } from "./series.ts";

/** Points of one answer, over all of its series. */
const POINTS_MOST = 50_000;

const Interval = z.enum(Object.keys(INTERVALS) as [keyof typeof INTERVALS]); // an enum wants to know that there is one

const WORDS = Object.entries(METRICS)
  .map(([name, { unit, groups, words }]) => `- \`${name}\` (${unit}; by ${groups.join(", ")}): ${words}.`)
  .join("\n");

const Point = z.strictObject({
  at: AnsweredTime.meta({ description: "When the bucket begins." }),
  value: z
    .number()
    .nullable()
    .meta({ description: "In the metric's unit. 0 for a bucket without data; null for a quotient by nothing." }),
  numerator: z.number().optional().meta({ description: "Of a quotient: what is divided." }),
  denominator: z.number().optional().meta({ description: "Of a quotient: what it is divided by." }),
});

const MetricsAnswer = z.strictObject({
  metric: MetricName,
  unit: Unit.meta({ description: "`money` is in major units of the series' currency." }),
  interval: Interval,
  from: AnsweredTime.meta({ description: "When the first bucket begins." }),
  to: AnsweredTime.meta({ description: "The last bucket begins before this, and is whole." }),
  group_by: GroupBy.nullable(),
  traffic: Traffic,
  series: z.array(
    z.strictObject({
      group: z
        .string()
        .nullable()
        .meta({
          description: `Null where nothing is grouped. \`${NOT_SET}\` where events do not say, \`${OTHER}\` for those beyond the ${MEMBERS_APART} largest.`,
          examples: ["DE"],
        }),
      currency: z
        .string()
        .optional()
        .meta({ description: "ISO 4217, of money: currencies are never added.", examples: ["EUR"] }),
      points: z.array(Point).meta({ description: "Ascending, one for every bucket." }),
    }),
  ),
});

/** A point by itself, as a file has it. */
const MetricRow = z.strictObject({
  metric: MetricName,
  group: z.string().nullable(),
  currency: z.string().nullable(),
  at: Point.shape.at,
  value: Point.shape.value,
  numerator: z.number().nullable(),
  denominator: z.number().nullable(),
});
type MetricRow = z.infer<typeof MetricRow>;

const METRIC_CSV: Columns<MetricRow> = {
  metric: ({ metric }) => metric,
  group: ({ group }) => group,
  currency: ({ currency }) => currency,
  at: ({ at }) => at,
  value: ({ value }) => value,
  numerator: ({ numerator }) => numerator,
  denominator: ({ denominator }) => denominator,
};

const metricsRoute = defineRoute({
  method: "get",
  path: "/v1/metrics",
  operationId: "metrics",
  summary: "A metric over time",
  description: `Events count in the bucket they happened in, however late they come. The metrics, with their unit and what they can be grouped by:\n\n${WORDS}\n\nOf an order's categories the ${CATEGORIES_OF_ORDER} with the most revenue are told apart.`,
  access: "analyst",
  query: z.strictObject({
    metric: MetricName.meta({ examples: ["revenue"] }),
    interval: Interval.optional().meta({
      description: `Width of the buckets, which begin in UTC, weeks on Monday; at most ${BUCKETS_MOST} of them. Fits the window when missing.`,
    }),
    from: Instant.optional().meta({
      description: "The first bucket holds this. A day before `to` when missing.",
      examples: ["2026-11-20T00:00:00Z"],
    }),
    to: Instant.optional().meta({
      description: "The last bucket begins before this. Now when missing.",
      examples: ["2026-11-21T00:00:00Z"],
    }),
    group_by: GroupBy.optional().meta({
      description: "A series for each country, device class, event name or item category.",
    }),
    traffic: TrafficAsked,
  }),
  status: 200,
  output: MetricsAnswer,
  exports: exportsOf(MetricRow),
  problems: [...GUARDED, "invalid", "not-acceptable"],
});

export function metricsOperations({ db, nowMs }: { db: Db; nowMs(): number }): Operation[] {
  return [
    operation(metricsRoute, async (facts, { query }) => {
      const { metric, group_by = null, traffic, ...window } = query;
      const { unit, groups }: Metric = METRICS[metric];
      if (group_by !== null && !groups.includes(group_by)) refuseGroup(metric, groups);
      const now = nowMs();
      const buckets = bucketsOf(window, now);
      const series = await readSeries(db, METRICS[metric], buckets, { group_by, traffic });
      if (isExport(facts)) {
        const exported = {
          name: `${metric}-${buckets.interval}`,
          columns: METRIC_CSV,
          asJson: (row: MetricRow) => row,
        };
        return exportRows(
          facts,
          exported,
          series.flatMap((own) => rowsOf(metric, own)),
        );
      }
      return {
        metric,
        unit,
        interval: buckets.interval,
        from: new Date(buckets.startMs).toISOString(),
        // Of now the end of its bucket, so that the answer is the same until there is another bucket or something happens.
        to: window.to ?? new Date(buckets.endMs).toISOString(),
        group_by,
        traffic,
        series,
      };
    }),
  ];
}

function rowsOf(metric: MetricName, { group, currency, points }: Series): MetricRow[] {
  return points.map(({ numerator = null, denominator = null, ...point }) => ({
    metric,
    group,
    currency: currency ?? null,
    ...point,
    numerator,
    denominator,
  }));
}

async function readSeries(
  db: Db,
  { unit, value, per }: Metric,
  buckets: Buckets,
  { group_by, traffic }: { group_by: GroupBy | null; traffic: z.infer<typeof Traffic> },
): Promise<Series[]> {
  const { interval, startMs, endMs } = buckets;
  const kind = { isGrouped: group_by !== null, isMoney: unit === "money", isQuotient: per.length > 0 };
  const cells = await readRollups(
    db,
    {
      ...INTERVALS[interval],
      startMs,
      endMs,
      dimension: group_by ?? "all",
      trustedOnly: traffic === "trusted",
      byCurrency: kind.isMoney,
      value,
      per,
    },
    POINTS_MOST + 1,
  );
  const startsMs = startsOf(buckets);
  const found = bySeries(cells);
  if (found.length * startsMs.length > POINTS_MOST) refuseTooMany();
  // Of no money and no groups there is one series whatever happens.
  const all = found.length === 0 && !kind.isGrouped && !kind.isMoney ? [NOTHING] : found;
  return all.map((own) => seriesOf(own, startsMs, kind));
}

function refuseGroup(metric: string, groups: readonly string[]): never {
  const errors = [{ pointer: "/group_by", detail: `must be ${groups.join(" or ")} for ${metric}` }];
  throw new Problem("invalid", "This metric is not grouped by that.", { errors });
}

function refuseTooMany(): never {
  const detail = `must be longer, or the window shorter: at most ${POINTS_MOST} points are answered at once, over all currencies and groups`;
  throw new Problem("invalid", "This is too much for one answer.", { errors: [{ pointer: "/interval", detail }] });
}
