import * as z from "zod";
import { defineRoute } from "../../shared/route.ts";
import { operation, type Operation } from "../../shared/serve.ts";
import type { Db } from "../store/db.ts";
import { readTotals, type Total } from "../store/read-totals.ts";
import type { Measure } from "../store/rollups.ts";
import { GUARDED } from "./access.ts";
import { AnsweredTime } from "./fields.ts";
import { METRICS, MetricName, Traffic, TrafficAsked, Unit, type Metric } from "./metric-table.ts";
import { quotient } from "./quotient.ts";

const HOUR_MS = 60 * 60 * 1000;
const UNITS_MS = { h: HOUR_MS, d: 24 * HOUR_MS };
const WINDOW_MOST_MS = 90 * 24 * HOUR_MS;
/** Beyond this minutes are too many to add up, and an hour is little. */
const MINUTES_MOST_MS = 7 * 24 * HOUR_MS;

const FigureName = z.enum([...MetricName.options, "anomalies"]);
type FigureName = z.infer<typeof FigureName>;

/** The metrics, and how many anomalies their rate stands for. */
const FIGURES: Record<FigureName, Pick<Metric, "unit" | "value" | "per">> = {
  ...METRICS,
  anomalies: { unit: "count", value: "anomalies", per: [] },
};

const Figure = z.strictObject({
  name: FigureName,
  unit: Unit,
  currency: z
    .string()
    .optional()
    .meta({ description: "Of money: currencies are never added.", examples: ["EUR"] }),
  value: z.number().nullable().meta({ description: "Null for a quotient by nothing." }),
  before: z.number().nullable().meta({ description: "The same of the window before." }),
  change: z
    .number()
    .nullable()
    .meta({
      description: "By how much of `before` it is more, 0.1 for a tenth; null where `before` is 0 or null.",
      examples: [0.1],
    }),
});

const SummaryAnswer = z.strictObject({
  window: z.string(),
  from: AnsweredTime.meta({ description: "When the window begins; the one before ends here." }),
  to: AnsweredTime.meta({
    description: "When it ends: the minute that goes on now, and beyond 7 days the hour, is included.",
  }),
  traffic: Traffic,
  figures: z.array(Figure),
});

const Window = z
  .string()
  .regex(/^[1-9]\d{0,3}[hd]$/, { error: "must be a number of hours or days, such as 24h or 7d", abort: true })
  .refine((text) => windowMs(text) <= WINDOW_MOST_MS, "must be at most 90 days")
  .default("24h")
  .meta({ description: "How far back from now: hours or days, at most 90 days.", examples: ["24h", "7d"] });

const summaryRoute = defineRoute({
  method: "get",
  path: "/v1/summary",
  operationId: "summary",
  summary: "Headline figures, against the window before",
  description: "The figures are those of `/v1/metrics`, over the whole window, and the number of anomalies.",
  access: "analyst",
  query: z.strictObject({ window: Window, traffic: TrafficAsked }),
  status: 200,
  output: SummaryAnswer,
  problems: [...GUARDED, "invalid"],
});

export function summaryOperations({ db, nowMs }: { db: Db; nowMs(): number }): Operation[] {
  return [
    operation(summaryRoute, async (_facts, { query: { window, traffic } }) => {
      const times = timesOf(windowMs(window), nowMs());
      const totals = await readTotals(db, { ...times, trustedOnly: traffic === "trusted" });
      return {
        window,
        from: new Date(times.startMs).toISOString(),
        to: new Date(times.endMs).toISOString(),
        traffic,
        figures: FigureName.options.flatMap((name) => figuresOf(name, totals)),
      };
    }),
  ];
}

function windowMs(text: string): number {
  return Number(text.slice(0, -1)) * UNITS_MS[text.endsWith("d") ? "d" : "h"];
}

/** The window that ends with the present minute or hour, and the one before. */
function timesOf(spanMs: number, nowMs: number) {
  const isShort = spanMs <= MINUTES_MOST_MS;
  const grain = isShort ? ("1m" as const) : ("1h" as const);
  const grainMs = isShort ? 60_000 : HOUR_MS;
  const endMs = (Math.floor(nowMs / grainMs) + 1) * grainMs;
  return { grain, beforeMs: endMs - 2 * spanMs, startMs: endMs - spanMs, endMs };
}

/** One figure, or of money one for each currency that had an order in either window. */
function figuresOf(name: FigureName, totals: readonly Total[]): z.input<typeof Figure>[] {
  const { unit } = FIGURES[name];
  const figure = (own: readonly Total[], currency: string | null) => {
    const value = valueOf(name, ofWindow(own, true), currency);
    const before = valueOf(name, ofWindow(own, false), currency);
    const change = value === null || before === null || before === 0 ? null : (value - before) / before;
    return { name, unit, ...(currency === null ? {} : { currency }), value, before, change };
  };
  if (unit !== "money") return [figure(totals, null)];
  const ordered = totals.filter(({ currency, sums }) => currency !== "" && sums.orders !== "0");
  const currencies = [...new Set(ordered.map(({ currency }) => currency))].toSorted();
  return currencies.map((code) =>
    figure(
      totals.filter(({ currency }) => currency === code),
      code,
    ),
  );
}

function ofWindow(totals: readonly Total[], current: boolean): Total[] {
  return totals.filter(({ is_current }) => is_current === current);
}

/** @param totals of one window; of one currency, which is given, where it is money */
function valueOf(name: FigureName, totals: readonly Total[], currency: string | null): number | null {
  const { value, per } = FIGURES[name];
  const count = (measure: Measure) => totals.reduce((sum, { sums }) => sum + Number(sums[measure]), 0);
  const exact = currency === null ? String(count(value)) : (totals[0]?.sums[value] ?? "0");
  if (per.length === 0) return Number(exact);
  return quotient(exact, String(per.reduce((sum, measure) => sum + count(measure), 0)), currency).value;
}
