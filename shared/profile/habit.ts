const HOUR_MS = 3_600_000;
const HOURS = 24;
/** The epoch began on a Thursday; 0 is Sunday. */
const EPOCH_WEEKDAY = 4;
/** The hours of a weekday, then those of a day at the weekend. */
const SLOTS = 2 * HOURS;
/** Who orders at nine also orders at seven. */
const NEAR_HOURS = 2;
/** What the other kind of day says about this one. */
const OTHER_DAY_WEIGHT = 0.5;

/** Orders by hour of day (UTC), weekdays apart from weekends; null before the first. */
export type Habit = number[] | null;

/**
 * How many of an entity's orders were made at about this time of a day like this one, and of how many.
 *
 * @returns both weighted: those of the other kind of day count half
 */
export function lookHabit(habit: Habit, atMs: number): { near: number; all: number } {
  let near = 0;
  let all = 0;
  if (habit === null) return { near, all };
  const { hour, isWeekend } = slotOf(atMs);
  for (let slot = 0; slot < SLOTS; slot++) {
    const orders = habit[slot] ?? 0;
    if (orders === 0) continue;
    const weighted = orders * (slot >= HOURS === isWeekend ? 1 : OTHER_DAY_WEIGHT);
    const apart = Math.abs((slot % HOURS) - hour);
    if (Math.min(apart, HOURS - apart) <= NEAR_HOURS) near += weighted;
    all += weighted;
  }
  return { near, all };
}

export function learnHabit(habit: Habit, atMs: number): Habit {
  const learned = habit ?? noOrders();
  const { hour, isWeekend } = slotOf(atMs);
  const slot = hour + (isWeekend ? HOURS : 0);
  learned[slot] = (learned[slot] ?? 0) + 1;
  return learned;
}

/** Only the slots with orders, each with their number: most have none. */
export function packHabit(habit: readonly number[]): number[] {
  const packed: number[] = [];
  for (let slot = 0; slot < habit.length; slot++) {
    const orders = habit[slot] ?? 0;
    if (orders !== 0) packed.push(slot, orders);
  }
  return packed;
}

export function unpackHabit(packed: readonly number[]): number[] {
  const habit = noOrders();
  for (let at = 0; at < packed.length; at += 2) habit[packed[at] ?? 0] = packed[at + 1] ?? 0;
  return habit;
}

function noOrders(): number[] {
  return NO_ORDERS.slice(); // copied faster than filled
}

const NO_ORDERS: readonly number[] = Array<number>(SLOTS).fill(0);

function slotOf(atMs: number): { hour: number; isWeekend: boolean } {
  const hours = Math.floor(atMs / HOUR_MS);
  const days = Math.floor(hours / HOURS);
  const weekday = modulo(EPOCH_WEEKDAY + days, 7);
  return { hour: modulo(hours, HOURS), isWeekend: weekday % 6 === 0 };
}

/** What is left of a division by `by`, 0 to `by`, also before the epoch. */
function modulo(value: number, by: number): number {
  return value - Math.floor(value / by) * by;
}
