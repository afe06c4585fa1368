/**
 * Cron expressions as Cloudflare reads them: five fields in UTC, each a list of `*`, values,
 * ranges and steps. Weekdays go from 1 (Sunday) to 7 (Saturday), which is not how cron(8) has it.
 *
 * @see https://developers.cloudflare.com/workers/configuration/cron-triggers/
 */
import * as z from "zod";

interface Field {
  name: string;
  min: number;
  max: number;
  /** What the values from 1 on may be called. */
  names: string[];
  of(at: Date): number;
}

const MINUTE: Field = {
  name: "minute",
  min: 0,
  max: 59,
  names: [],
  of: (at) => at.getUTCMinutes(),
};
const HOUR: Field = { name: "hour", min: 0, max: 23, names: [], of: (at) => at.getUTCHours() };
const DAY: Field = { name: "day", min: 1, max: 31, names: [], of: (at) => at.getUTCDate() };
const MONTH: Field = {
  name: "month",
  min: 1,
  max: 12,
  names: "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(" "),
  of: (at) => at.getUTCMonth() + 1,
};
const WEEKDAY: Field = {
  name: "weekday",
  min: 1,
  max: 7,
  names: "SUN MON TUE WED THU FRI SAT".split(" "),
  of: (at) => at.getUTCDay() + 1,
};

const Parts = z.tuple([z.string(), z.string(), z.string(), z.string(), z.string()]);

export interface Cron {
  /** As written, which is what the handler is told. */
  expression: string;
  /** Whether it is due in the minute that `atMs` (Unix time) falls in. */
  isDue(atMs: number): boolean;
}

/** @throws RangeError when it is no cron expression, or uses `L`, `W` or `#`, unsupported here */
export function parseCron(expression: string): Cron {
  const parts = Parts.safeParse(expression.trim().split(/\s+/));
  if (!parts.success) throw new RangeError(`"${expression}" has not the five fields of a cron`);
  const [minute, hour, day, month, weekday] = parts.data;
  const isMinute = matcher(minute, MINUTE);
  const isHour = matcher(hour, HOUR);
  const isMonthDay = matcher(day, DAY);
  const isMonth = matcher(month, MONTH);
  const isWeekday = matcher(weekday, WEEKDAY);
  // As in every cron: when both kinds of day are restricted, either will do.
  const isDay =
    day === "*" || weekday === "*"
      ? (at: Date) => isMonthDay(at) && isWeekday(at)
      : (at: Date) => isMonthDay(at) || isWeekday(at);

  return {
    expression,
    isDue(atMs) {
      const at = new Date(atMs);
      return isMinute(at) && isHour(at) && isDay(at) && isMonth(at);
    },
  };
}

function matcher(text: string, field: Field): (at: Date) => boolean {
  const values = new Set(text.split(",").flatMap((item) => valuesOf(item, field)));
  return (at) => values.has(field.of(at));
}

/** The values of `*`, `5`, `MON`, `1-5`, or with a step after a slash: every so many of them. */
function valuesOf(item: string, field: Field): number[] {
  const parts = /^(?:(?<all>\*)|(?<first>\w+)(?:-(?<last>\w+))?)(?:\/(?<step>\d+))?$/.exec(item);
  const { all, first, last, step } = parts?.groups ?? {};
  const from = all === undefined ? valueOf(first, field) : field.min;
  // A step without an end goes on to the last value there is.
  const isOpen = all !== undefined || (last === undefined && step !== undefined);
  const to = isOpen ? field.max : valueOf(last ?? first, field);
  const by = Number(step ?? 1);
  if (from > to || by === 0) throw new RangeError(`"${item}" is not a ${field.name} of a cron`);
  return Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, i) => from + i * by);
}

function valueOf(text: string | undefined, field: Field): number {
  const named = field.names.indexOf(text?.toUpperCase() ?? "") + 1;
  const value = named > 0 ? named : /^\d+$/.test(text ?? "") ? Number(text) : Number.NaN;
  if (value >= field.min && value <= field.max) return value;
  throw new RangeError(`"${text ?? ""}" is not a ${field.name} of a cron`);
}
