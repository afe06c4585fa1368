import * as z from "zod";

const HOURS = 24;
const WEEK_HOURS = 7 * HOURS;

/** Looked at by hand: all scopes together have some 80,000, and a tuple takes five times as long. */
const Pair = z.custom<readonly [number, number]>(
  (value) => Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === "number"),
);
/** A mean, and over how much of what it is per it was taken. */
type Slot = readonly [level: number, units: number];
type Tally = readonly [seen: number, expected: number];

/**
 * What is usual of one measure at each hour: a mean by hour of the week, held to what the hour of the day and the weekday say of it for
 * as long as it has seen little itself. A plain record of numbers, kept as JSON.
 */
export const Season = z.strictObject({
  /** Hours taken in. */
  hours: z.number(),
  /** By hour of the week from Thursday 00:00 UTC on, and of the day: slots. */
  week: z.array(Pair).length(WEEK_HOURS).readonly(),
  day: z.array(Pair).length(HOURS).readonly(),
  /** By weekday from Thursday on: counts seen, and counts to be expected if all weekdays were alike. */
  weekdays: z.array(Pair).length(7).readonly(),
  /** The same of the last days against all of the above: how much more or less there is at present. */
  present: Pair,
  /** Variance of whole hours, relative to what was expected and beyond what chance gives. */
  wander: z.number(),
});
export type Season = z.infer<typeof Season>;

/** One hour of a measure that is `value` per `units`: orders in an hour, orders in sessions, money in orders. */
export interface Hour {
  value: number;
  units: number;
}

/** From then on the hour of the week speaks for itself; before, the hour of the day does. */
const WEEK_SPEAKS_HOURS = 3 * WEEK_HOURS;
/** Before a week is seen nothing is usual. */
export const LEARNING_HOURS = WEEK_HOURS;
/** What is kept of a slot when the next of its hours comes: about four weeks are in it. */
const WEEK_KEPT = 0.75;
const DAY_KEPT = 1 - 1 / 28;
/** What is kept of the present in an hour: three days are in it. */
const PRESENT_KEPT = 1 - 1 / 72;
const PRESENT_LEAST = 0.5;
const PRESENT_MOST = 2;
const WANDER_SHARE = 1 / WEEK_HOURS;
/** Counts that what a slot is held to is worth: few, as a shop that is closed at night has none there. */
const HELD_COUNTS = 2;
const PRESENT_HELD_COUNTS = 50;
/** An hour is learned from as if it were at most this many standard deviations away (Huber): incidents must not become usual. */
const CLIP_DEVIATIONS = 3;
/** Of a standard deviation of an hour, what no hour is more certain than. */
const DEVIATION_LEAST = 0.1;
/** The first hours are taken as they come. */
const EARLY_HOURS = HOURS;

export const NEW_SEASON: Season = {
  hours: 0,
  week: Array.from({ length: WEEK_HOURS }, (): Slot => [0, 0]),
  day: Array.from({ length: HOURS }, (): Slot => [0, 0]),
  weekdays: Array.from({ length: 7 }, (): Tally => [0, 0]),
  present: [0, 0],
  wander: 0,
};

/**
 * Whether the value itself is a number of things that happened; else the units are, and the value an amount in them. It says how much
 * a value is worth: 3 orders in 1 hour are three counts, 90 EUR in 3 orders are as well.
 */
export type Counted = "value" | "units";

/** What is to be expected in one unit during an hour, given as hours since 1970. */
export function usualIn(season: Season, hour: number, counted: Counted): number {
  const [seen, expected] = season.present;
  const present = (seen + PRESENT_HELD_COUNTS) / (expected + PRESENT_HELD_COUNTS);
  return unshifted(season, hour, counted) * Math.min(PRESENT_MOST, Math.max(PRESENT_LEAST, present));
}

function unshifted(season: Season, hour: number, counted: Counted): number {
  const ofDay = byDay(season, hour, counted) * weekdayFactor(season, hour);
  if (season.hours < WEEK_SPEAKS_HOURS) return ofDay;
  return heldTo(season.week[hour % WEEK_HOURS], ofDay, counted);
}

function byDay(season: Season, hour: number, counted: Counted): number {
  const units = season.day.reduce((sum, [, own]) => sum + own, 0);
  const mean = units === 0 ? 0 : season.day.reduce((sum, [level, own]) => sum + level * own, 0) / units;
  return heldTo(season.day[hour % HOURS], mean, counted);
}

function weekdayFactor({ hours, weekdays }: Season, hour: number): number {
  if (hours < WEEK_HOURS) return 1;
  const [seen, expected] = weekdays[weekdayOf(hour)] ?? [0, 0];
  return (seen + HELD_COUNTS) / (expected + HELD_COUNTS);
}

/** A slot's mean as if some counts more had been seen in it that are as `prior` says. */
function heldTo([level, units]: Slot = [0, 0], prior: number, counted: Counted): number {
  if (prior <= 0) return level;
  const more = counted === "value" ? HELD_COUNTS / prior : HELD_COUNTS;
  return (level * units + prior * more) / (units + more);
}

/** Takes in an hour, given as hours since 1970. */
export function learnHour(season: Season, hour: number, { value, units }: Hour, counted: Counted): Season {
  if (units <= 0) return { ...season, hours: season.hours + 1 };
  const usual = usualIn(season, hour, counted);
  const counts = counted === "value" ? usual * units : units;
  const level = season.hours < EARLY_HOURS ? value / units : clipped(value / units, usual, deviation(season, counts));
  const ofDay = byDay(season, hour, counted);
  const expectedCounts = counted === "value" ? ofDay * units : ofDay > 0 ? units : 0;
  const base = unshifted(season, hour, counted);
  const baseCounts = counted === "value" ? base * units : base > 0 ? units : 0;
  const tally = ([seen, expected]: Tally, kept: number, own: number, per: number): Tally => [
    seen * kept + (per > 0 ? (own * level) / per : 0),
    expected * kept + own,
  ];
  const slot = ([own, seen]: Slot = [0, 0], kept: number): Slot => {
    const all = seen * kept + units;
    return [own + (units / all) * (level - own), all];
  };
  const weekday = weekdayOf(hour);
  return {
    hours: season.hours + 1,
    week: season.week.with(hour % WEEK_HOURS, slot(season.week[hour % WEEK_HOURS], WEEK_KEPT)),
    day: season.day.with(hour % HOURS, slot(season.day[hour % HOURS], DAY_KEPT)),
    weekdays:
      season.hours < EARLY_HOURS
        ? season.weekdays
        : season.weekdays.with(
            weekday,
            tally(season.weekdays[weekday] ?? [0, 0], WEEK_KEPT ** (1 / HOURS), expectedCounts, ofDay),
          ),
    present: season.hours < WEEK_HOURS ? [0, 0] : tally(season.present, PRESENT_KEPT, baseCounts, base),
    wander: usual > 0 ? wandered(season, counts, value / units / usual - 1) : season.wander,
  };
}

function wandered({ hours, wander }: Season, counts: number, off: number): number {
  if (hours < EARLY_HOURS || counts < 1) return wander;
  return wander + WANDER_SHARE * (Math.min(1, off ** 2) - Math.min(1, 1 / counts) - wander);
}

/** Standard deviation of an hour in which so many counts are expected, as a share of them. */
function deviation({ wander }: Season, counts: number): number {
  return DEVIATION_LEAST + Math.sqrt(Math.max(0, wander) + 1 / Math.max(counts, 1));
}

function clipped(level: number, usual: number, deviations: number): number {
  const most = CLIP_DEVIATIONS * deviations * usual;
  return Math.max(usual - most, Math.min(usual + most, level));
}

function weekdayOf(hour: number): number {
  return Math.floor(hour / HOURS) % 7;
}
