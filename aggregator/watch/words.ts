import type { Figures } from "./figures.ts";
import { MINUTE_MS } from "./scope.ts";
import { WATCHED, type Watched, type WatchedName } from "./watched.ts";

interface Told {
  metric: WatchedName;
  dimension: string;
  member: string;
  startedMs: number;
  lastMs: number;
  currency: string | null;
}

const HOUR_MINUTES = 60;
const DAY_MINUTES = 24 * HOUR_MINUTES;

/** An incident in one or two sentences for people. Times are UTC. */
export function titleOf(told: Told, figures: Figures | null): string {
  const { metric, startedMs, lastMs, currency } = told;
  const { method, words }: Watched = WATCHED[metric];
  const subject = `${words.charAt(0).toUpperCase()}${words.slice(1)}${segmentWords(told)}`;
  if (figures === null) return `${subject} are unusual.`;
  const { observed, expected, low, high, impact } = figures;
  const minutes = Math.max(1, Math.round((lastMs - startedMs) / MINUTE_MS) + 1);
  const money = impact === null || currency === null ? "" : impactWords(impact, currency, minutes);
  const usual = `usual for ${weekTime(startedMs)} is`;
  if (method.kind === "silence") {
    return `No ${words}${segmentWords(told)} for ${minutes} min; ${usual} ${rate(expected).text}.${money}`;
  }
  if (method.kind === "rate" || method.kind === "share") {
    return `${subject} are at ${percent(observed)}; ${usual} ${percent(expected)} (${percent(low)}–${percent(high)}).${money}`;
  }
  const { times, unit } = method.of === "order_value" ? { times: 1, unit: "" } : rate(expected);
  const of = (value: number) => amount(value * times);
  const now = [of(observed), method.kind === "amount" ? currency : null, unit].filter(Boolean).join(" ");
  const at = method.of === "order_value" ? "is" : method.kind === "amount" ? "is at" : "are at";
  return `${subject} ${at} ${now}; ${usual} ${of(expected)} (${of(low)}–${of(high)}).${money}`;
}

function segmentWords({ dimension, member }: Told): string {
  if (dimension === "all") return "";
  return dimension === "category" ? ` in ${member}` : ` of ${dimension} ${member}`;
}

/** A count by the minute, by the minute, hour or day: so that it is a number people think in. */
function rate(perMinute: number): { times: number; unit: string; text: string } {
  const [times, unit] =
    perMinute >= 1
      ? ([1, "a minute"] as const)
      : perMinute * HOUR_MINUTES >= 1
        ? ([HOUR_MINUTES, "an hour"] as const)
        : ([DAY_MINUTES, "a day"] as const);
  return { times, unit, text: `${amount(perMinute * times)} ${unit}` };
}

function impactWords(impact: number, currency: string, minutes: number): string {
  return ` About ${amount(Math.abs(impact))} ${currency} ${impact < 0 ? "missing" : "more"} in ${minutes} min.`;
}

/** With as many digits as are of use: 1,240, 35, 7.5, 0.4. */
function amount(value: number): string {
  const digits = value >= 10 || Number.isInteger(value) ? 0 : 1;
  return value.toLocaleString("en", { maximumFractionDigits: digits });
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function weekTime(atMs: number): string {
  const at = new Date(atMs);
  return `${at.toLocaleDateString("en", { weekday: "long", timeZone: "UTC" })} ${at.toISOString().slice(11, 13)}:00`;
}
