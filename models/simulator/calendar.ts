import { chance, normal, pickWeighted, type Random } from "../../shared/random.ts";

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

/** From the 25th to the 2nd there is money in people's accounts. */
const PAYDAY_FACTOR = 1.1;

/** How busy a UTC day is against the year's mean: weekday, season, payday and sales. */
export function busyness(dayMs: number): number {
  const date = new Date(dayMs);
  const weekday = WEEKDAYS[date.getUTCDay()] ?? 1;
  const payday = date.getUTCDate() >= 25 || date.getUTCDate() <= 2 ? PAYDAY_FACTOR : 1;
  return weekday * payday * season(date) * (isOwnSale(dayMs) ? SALE_FACTOR : 1);
}

/** Whether a shop-wide sale is on: one of its own, or the one that everybody has at the end of November. */
export function isSale(atMs: number): boolean {
  return isOwnSale(atMs) || isSaleWeek(new Date(atMs));
}

function isOwnSale(atMs: number): boolean {
  return Math.floor(atMs / DAY_MS) % SALE_EVERY_DAYS < SALE_DAYS;
}

function isSaleWeek(date: Date): boolean {
  return date.getUTCMonth() === 10 && date.getUTCDate() >= 22 && date.getUTCDate() <= 30;
}

/** The weeks before Christmas are the year's busiest, with a peak at the end of November; January and August are quiet. */
function season(date: Date): number {
  const month = date.getUTCMonth();
  const day = date.getUTCDate();
  if (isSaleWeek(date)) return 1.9;
  if (month === 10) return 1.15;
  if (month === 11 && day <= 20) return 1.5;
  if (month === 0 || month === 7) return 0.85;
  return 1;
}

/** An hour of someone's day, with its part, at which people order. */
export function hourOfDay(random: Random): number {
  return pickWeighted(random, HOUR_NUMBERS, HOURS) + random();
}

/** Share of orders at the hour someone always orders at, give or take one. */
const HABIT_SHARE = 0.5;

/**
 * A time on a UTC day at which someone orders whose clock is ahead of UTC by the offset.
 *
 * @param usualHour when they order most; null for someone unknown
 */
export function orderTime(random: Random, dayMs: number, utcOffsetHours: number, usualHour: number | null): number {
  const isHabit = usualHour !== null && chance(random, HABIT_SHARE);
  const localHour = isHabit ? usualHour + normal(random) : hourOfDay(random);
  const utcHour = (localHour - utcOffsetHours + 48) % 24;
  return dayMs + Math.floor(utcHour * HOUR_MS);
}
