import { LEARNING_HOURS, learnHour, NEW_SEASON, usualIn, type Season } from "../../aggregator/watch/season.ts";
import { NEW_SERIES, stepSeries, type Minute, type Series } from "../../aggregator/watch/series.ts";
import { WATCHED } from "../../aggregator/watch/watched.ts";
import { poisson, seededRandom, type Random } from "../../shared/random.ts";

const MINUTE_MS = 60_000;
const HOUR_MIN = 60;
const DAY_MIN = 24 * HOUR_MIN;
const FROM_MS = Date.parse("2026-01-01T00:00:00Z");
const LEARN_DAYS = 28;
const CLEAN_DAYS = 60;
const INCIDENTS = 200;
const INCIDENT_MIN = 60;
const WARM_UP_MIN = 180;
const SEED = 20_261;

const CHANGES = { outage: 0, "-50 %": 0.5, "-30 %": 0.7, "+50 %": 1.5, "× 3": 3 };

/**
 * Simulated orders a minute, steady and with the seasons of a day and a week: what the watch finds of incidents of an hour, how fast, and
 * how often it is wrong in clean days. Every minute goes through what the minute cron runs; the seasons are learned, not given.
 *
 * @returns a table
 */
export async function counts(): Promise<string[]> {
  const random = seededRandom(SEED);
  const row = (cells: readonly string[]) => cells.map((cell, index) => cell.padEnd(index === 0 ? 26 : 15)).join("");
  const lines = [1, 7, 50].flatMap((perMinute) =>
    [false, true].map((isSeasonal) => {
      const world = worldOf(perMinute, isSeasonal, random);
      const found = Object.values(CHANGES).map((factor) => asText(delays(world, factor, random)));
      return row([
        `${perMinute} a minute, ${isSeasonal ? "seasonal" : "steady"}`,
        falseAlarms(world, random).toFixed(2),
        ...found,
      ]);
    }),
  );
  return [
    `Orders by the minute, ${INCIDENTS} incidents of ${INCIDENT_MIN} minutes each: share found and median minutes; false alarms in 30 clean days (of ${CLEAN_DAYS})`,
    row(["", "false alarms", ...Object.keys(CHANGES)]),
    ...lines,
  ];
}

interface World {
  rate(minute: number): number;
  season: Season;
}

/** @param perMinute mean; at the time of an incident, which is when as much is usual */
function worldOf(perMinute: number, isSeasonal: boolean, random: Random): World {
  const rate = (minute: number) => (isSeasonal ? perMinute * seasonAt(minute) : perMinute);
  let season = NEW_SEASON;
  for (let hour = 0; hour < Math.max(LEARNING_HOURS, LEARN_DAYS * 24); hour++) {
    const value = poisson(random, HOUR_MIN * rate(hour * HOUR_MIN + HOUR_MIN / 2));
    season = learnHour(season, hourOf(hour * HOUR_MIN), { value, units: 1 }, "value");
  }
  return { rate, season };
}

/** A day that swings by two thirds, and quieter weekends that come and go over a day. */
function seasonAt(minute: number): number {
  const place = minute / DAY_MIN - 0.5;
  const weight = (day: number) => ([2, 3].includes(((day % 7) + 7) % 7) ? 0.7 : 1.12);
  const weekday =
    weight(Math.floor(place)) +
    (place - Math.floor(place)) * (weight(Math.floor(place) + 1) - weight(Math.floor(place)));
  return (1 - 0.66 * Math.cos((2 * Math.PI * (minute % DAY_MIN)) / DAY_MIN)) * weekday;
}

function falseAlarms(world: World, random: Random): number {
  let series = NEW_SERIES;
  let alarms = 0;
  const from = LEARN_DAYS * DAY_MIN;
  for (let minute = from; minute < from + CLEAN_DAYS * DAY_MIN; minute++) {
    const before = series;
    series = stepSeries(series, minuteOf(world, minute, poisson(random, world.rate(minute))), WATCHED.orders);
    if (before.alarm === null && series.alarm !== null) alarms++;
  }
  return (30 * alarms) / CLEAN_DAYS;
}

/** Minutes until each incident is found, or null. */
function delays(world: World, factor: number, random: Random): (number | null)[] {
  return Array.from({ length: INCIDENTS }, (_, index) => {
    // In the morning of one weekday after the other, when about the mean is usual.
    const begins = (LEARN_DAYS + (index % 7)) * DAY_MIN + 6 * HOUR_MIN + (index % 240);
    let series: Series = NEW_SERIES;
    for (let minute = begins - WARM_UP_MIN; minute < begins; minute++)
      series = stepSeries(series, minuteOf(world, minute, poisson(random, world.rate(minute))), WATCHED.orders);
    if (series.alarm !== null) series = NEW_SERIES;
    for (let minute = begins; minute < begins + INCIDENT_MIN; minute++) {
      series = stepSeries(
        series,
        minuteOf(world, minute, poisson(random, factor * world.rate(minute))),
        WATCHED.orders,
      );
      if (series.alarm !== null) return minute - begins + 1;
    }
    return null;
  });
}

function minuteOf({ season }: World, minute: number, observed: number): Minute {
  const hour = hourOf(minute);
  const place = ((minute % HOUR_MIN) + 0.5) / HOUR_MIN - 0.5;
  const here = usualIn(season, hour, "value");
  const beside = usualIn(season, place < 0 ? hour - 1 : hour + 1, "value");
  return {
    atMs: FROM_MS + minute * MINUTE_MS,
    observed,
    units: 1 / HOUR_MIN,
    usual: here + Math.abs(place) * (beside - here),
    usualCounts: 0,
    wander: season.wander,
    looks: 1,
    held: [],
    isTold: true,
    isSlow: false,
  };
}

function hourOf(minute: number): number {
  return Math.floor((FROM_MS / MINUTE_MS + minute) / HOUR_MIN);
}

function asText(found: readonly (number | null)[]): string {
  const sorted = found.filter((delay) => delay !== null).sort((a, b) => a - b);
  const median = sorted[sorted.length >> 1];
  return `${(sorted.length / found.length).toFixed(2)} / ${median ?? "-"}`;
}
