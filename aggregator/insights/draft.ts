import type { Phrase } from "./words.ts";
import { bare, dayWords, phrase, teller } from "./words.ts";
import type { Draft, Figures, NumberFigure, Related, Severity } from "./finding.ts";
import { eventsQuery } from "./links.ts";
import type { Change } from "./find-changes.ts";
import type { Facts } from "./facts.ts";
import type { Dimension } from "../store/rollups.ts";
import type { TestedName } from "./tested.ts";

export const NONE: Related = { count: 0, ids: [], query: null };

/** What a finding has unless more is known. */
export const BARE: Pick<Draft, "change" | "segments" | "cost" | "consequences" | "related" | "next"> = {
  change: null,
  segments: [],
  cost: null,
  consequences: [],
  related: { anomalies: NONE, alerts: NONE, incidents: NONE },
  next: [],
};

/** An id out of what it is about; the names of members may hold anything. */
export function findingId(...parts: readonly string[]): string {
  return parts
    .filter((part) => part !== "")
    .map((part) => encodeURIComponent(part))
    .join(".");
}

export function count(value: number): NumberFigure {
  return { value, unit: "count" };
}

/** @param currency null where there is none, as nothing was ordered */
export function money(value: number, currency: string | null): NumberFigure {
  return { value: Number(value.toFixed(4)), unit: "money", ...(currency === null ? {} : { currency }) };
}

export function share(value: number): NumberFigure {
  return { value, unit: "share" };
}

export function time(ms: number): Figures[string] {
  return { value: new Date(ms).toISOString(), unit: "time" };
}

/** The figures every finding of a window may speak of. */
export function windowFigures({ window, baseline }: Facts): Figures {
  return {
    window: { value: window.untilMs - window.fromMs, unit: "ms" },
    window_to: time(window.untilMs),
    occasions: count(baseline.occasions.length),
  };
}

/** `in the 24 hours to Sat 21 Nov 10:00 UTC` */
export function windowWords(figures: Figures): Phrase {
  const tell = teller(figures);
  return phrase`in the ${tell("window")} to ${tell("window_to")} UTC`;
}

/** `on Sat 21 Nov from 05:00 to 05:59 UTC`, or with both days where they differ. */
export function spanWords(figures: Figures, from: string, to: string): Phrase {
  const [first, last] = [figures[from], figures[to]];
  if (first?.unit !== "time" || last?.unit !== "time") throw new Error(`${from} or ${to} is no time`);
  const tell = teller(figures);
  if (dayWords(first.value) !== dayWords(last.value)) return phrase`from ${tell(from)} to ${tell(to)} UTC`;
  const clock = (name: string, iso: string) => ({ text: iso.slice(11, 16), figures: [name] });
  return phrase`on ${dayWords(first.value)} from ${clock(from, first.value)} to ${clock(to, last.value)} UTC`;
}

/** What is usual was told from: `the same hours of the 8 weeks before`. */
export function basisWords({ name, baseline }: Facts, figures: Figures): Phrase {
  const tell = teller(figures);
  const isOne = baseline.occasions.length === 1;
  if (name === "7d" || name === "30d") {
    if (name === "30d")
      return isOne ? phrase`as long a time before` : phrase`${tell("occasions")} times as long before`;
    return isOne ? phrase`the week before` : phrase`the ${tell("occasions")} weeks before`;
  }
  const unit = baseline.kind === "hour_of_week" ? "weeks" : "days";
  return isOne
    ? phrase`the same hours of the day before`
    : phrase`the same hours of the ${tell("occasions")} ${unit} before`;
}

/** What a metric is called, and how its figures are counted. */
export const METRIC_WORDS: Record<
  TestedName,
  { name: string; isMany: boolean; figure(value: number, currency: string | null): NumberFigure }
> = {
  revenue: { name: "revenue", isMany: false, figure: money },
  orders: { name: "orders", isMany: true, figure: count },
  conversion: {
    name: "orders per session",
    isMany: true,
    figure: (value) => ({ value: 100 * value, unit: "per_100" }),
  },
  sessions: { name: "sessions", isMany: true, figure: count },
  order_value: { name: "the average order", isMany: false, figure: money },
  piece_price: { name: "the average price", isMany: false, figure: money },
  decline_rate: { name: "declined payments", isMany: true, figure: share },
  refunds: { name: "refunds", isMany: true, figure: count },
  anomaly_rate: { name: "anomalies", isMany: true, figure: share },
  events: { name: "events", isMany: true, figure: count },
};

/** A change as its figures, under the metric's name and beside it what is usual. */
export function changeFigures({ metric, value, usual, ratio }: Change, currency: string | null, prefix = ""): Figures {
  const { figure } = METRIC_WORDS[metric];
  const name = `${prefix}${metric}`;
  return {
    [name]: figure(value, currency),
    [`${name}_usual`]: figure(usual, currency),
    ...(ratio === Infinity
      ? {}
      : ratio >= TIMES_FROM
        ? { [`${name}_times`]: { value: ratio, unit: "times" as const } }
        : { [`${name}_change`]: share(ratio - 1) }),
  };
}

/** From then on people say how many times it is. */
const TIMES_FROM = 2;

/** `38 % below the usual 96`, `2.4 times the usual 96` */
export function againstUsual(change: Change, figures: Figures): Phrase {
  const usual = `${change.metric}_usual`;
  // What it is per was just said.
  const told = change.metric === "conversion" ? bare(figures, usual) : teller(figures)(usual);
  if (change.ratio === Infinity) return { ...phrase`where there is usually none`, figures: [usual] };
  return phrase`${offUsual(change, figures)} ${told}`;
}

/** The same without the figure: `38 % below the usual`. */
export function offUsual({ metric, ratio }: Change, figures: Figures): Phrase {
  const tell = teller(figures);
  if (ratio === Infinity) return phrase`new`;
  if (ratio >= TIMES_FROM) return phrase`${tell(`${metric}_times`)} the usual`;
  return phrase`${tell(`${metric}_change`)} ${ratio < 1 ? "below" : "above"} the usual`;
}

export function changeAnswer({ metric, value, usual, ratio, difference }: Change): Draft["change"] {
  return { metric, value, usual, ratio: ratio === Infinity ? null : ratio, difference };
}

/** The anomalies of a member in the window: how many there are by the sums, and those with the highest scores. */
export function anomaliesOf(facts: Facts, dimension: Dimension, member: string): Related {
  const { seen, anomalies, window } = facts;
  const scope = seen.scopes.find((own) => own.dimension === dimension && own.member === member);
  const total = scope?.now.anomalies ?? 0;
  if (total === 0 || dimension === "category" || dimension === "name") return NONE;
  const top = anomalies.top.filter((own) => dimension === "all" || own[dimension] === member);
  return { count: total, ids: top.slice(0, 5).map(({ id }) => id), query: eventsQuery(window) };
}

/** Of what the window usually brings in, how much it is: decides how loud a finding is. */
export function severityOfLoss(lost: number, usualRevenue: number): Severity {
  const part = usualRevenue > 0 ? lost / usualRevenue : 0;
  return part >= 0.3 ? "critical" : part >= 0.1 ? "warning" : "notice";
}
