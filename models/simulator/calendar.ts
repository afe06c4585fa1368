import { pickWeighted, type Random } from "../../shared/random.ts";

export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;
export const MINUTE_MS = 60_000;

/** How much is ordered in each local hour, from midnight: nights are quiet, noon is busy, the evening busiest. */
const HOURS = [3, 2, 1, 1, 1, 2, 5, 9, 14, 19, 22, 23, 24, 22, 21, 21, 22, 24, 28, 33, 37, 34, 22, 9] as const;
const HOUR_NUMBERS = HOURS.map((_weight, hour) => hour);

/** From Sunday: people order on Sunday evenings and Mondays, and go out on Saturdays. */
const WEEKDAYS = [1.12, 1.1, 1.02, 1, 0.98, 0.93, 0.85] as const;

/** Days of the month on which a shop has a sale, and how many last. */
const SALE_EVERY_DAYS = 34;
const SALE_DAYS = 3;
const SALE_FACTOR = 1.6;

/** How busy a UTC day is against the year's mean: weekday, season and sales. */
export function busyness(dayMs: number): number {
  const date = new Date(dayMs);
  const weekday = WEEKDAYS[date.getUTCDay()] ?? 1;
  return weekday * season(date) * (isSale(dayMs) ? SALE_FACTOR : 1);
}

/** Whether a shop-wide sale is on. */
export function isSale(atMs: number): boolean {
  return Math.floor(atMs / DAY_MS) % SALE_EVERY_DAYS < SALE_DAYS;
}

/** The weeks before Christmas are the year's busiest, with a peak at the end of November; January and August are quiet. */
function season(date: Date): number {
  const month = date.getUTCMonth();
  const day = date.getUTCDate();
  if (month === 10 && day >= 22 && day <= 30) return 1.9;
  if (month === 10) return 1.15;
  if (month === 11 && day <= 20) return 1.5;
  if (month === 0 || month === 7) return 0.85;
  return 1;
}

/** A time on a UTC day at which someone orders whose clock is ahead of UTC by the offset. */
export function orderTime(random: Random, dayMs: number, utcOffsetHours: number): number {
  const localHour = pickWeighted(random, HOUR_NUMBERS, HOURS) + random();
  const utcHour = (localHour - utcOffsetHours + 24) % 24;
  return dayMs + Math.floor(utcHour * HOUR_MS);
}
