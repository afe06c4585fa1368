/** A source of uniform numbers in [0, 1). Everything in the core that needs chance takes one. */
export type Random = () => number;

const TWO_TO_32 = 2 ** 32;
const TWO_TO_53 = 2 ** 53;

/** The first outputs of sfc32 still show a simple seed; its author's own seeding discards 12. */
const WARM_UP_ROUNDS = 12;

/**
 * A reproducible source of uniform numbers: sfc32, its 128-bit state filled by splitmix32.
 *
 * Only 32-bit integer arithmetic and exact divisions are used, and everything else in this file adds
 * nothing but + - * / and square roots, so a seed gives the same numbers on every machine.
 * Not for secrets.
 *
 * @param seed any safe integer; different seeds give different states
 * @returns numbers in [0, 1) with 53 random bits
 * @throws RangeError when `seed` is not a safe integer
 * @see Doty-Humphrey, PractRand (sfc32); Steele, Lea & Flood 2014, "Fast splittable pseudorandom number generators"
 */
export function seededRandom(seed: number): Random {
  if (!Number.isSafeInteger(seed)) throw new RangeError("A seed is a safe integer");
  const low = splitmix32(seed >>> 0);
  const high = splitmix32(Math.floor(seed / TWO_TO_32) >>> 0);
  let a = low();
  let b = low();
  let c = high();
  let counter = 1;

  function next32(): number {
    const output = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + output) | 0;
    return output >>> 0;
  }

  for (let round = 0; round < WARM_UP_ROUNDS; round++) next32();
  return () => {
    const upper27 = next32() >>> 5;
    const lower26 = next32() >>> 6;
    return (upper27 * 2 ** 26 + lower26) / TWO_TO_53;
  };
}

function splitmix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return mixed ^ (mixed >>> 16);
  };
}

/**
 * A whole number in [0, `limit`), each as likely as the next.
 *
 * @param limit integer, 1 to 2^32
 * @throws RangeError for any other limit
 */
export function below(random: Random, limit: number): number {
  if (!Number.isInteger(limit) || limit < 1 || limit > TWO_TO_32) {
    throw new RangeError("A limit is an integer from 1 to 2^32");
  }
  return Math.floor(random() * limit);
}

/** True with the given probability (0 to 1). */
export function chance(random: Random, probability: number): boolean {
  return random() < probability;
}

/**
 * A draw from the exponential distribution.
 *
 * Von Neumann's comparison method: no logarithm, whose last digit may differ between engines.
 *
 * @param mean finite, at least 0
 * @throws RangeError for any other mean
 * @see von Neumann 1951, "Various techniques used in connection with random digits"
 */
export function exponential(random: Random, mean: number): number {
  checkMean(mean);
  for (let whole = 0; ; whole++) {
    const first = random();
    let previous = first;
    let runLength = 1;
    for (let next = random(); next <= previous; next = random()) {
      previous = next;
      runLength++;
    }
    if (runLength % 2 === 1) return mean * (whole + first);
  }
}

/**
 * A draw from the standard normal distribution: a point in a random direction (by rejection from the
 * square), at the distance whose square is twice an exponential draw.
 *
 * @see Box & Muller 1958; Marsaglia & Bray 1964 for the direction
 */
export function normal(random: Random): number {
  for (;;) {
    const x = 2 * random() - 1;
    const y = 2 * random() - 1;
    const squaredLength = x * x + y * y;
    if (squaredLength > 0 && squaredLength < 1) {
      return x * Math.sqrt((2 * exponential(random, 1)) / squaredLength);
    }
  }
}

/**
 * A draw from the Poisson distribution: how many arrivals, exponentially spaced, fit in `mean`.
 * Takes time proportional to `mean` (about 0.1 µs for each arrival).
 *
 * @param mean finite, at least 0
 * @throws RangeError for any other mean
 */
export function poisson(random: Random, mean: number): number {
  checkMean(mean);
  let arrivals = 0;
  for (let at = exponential(random, 1); at < mean; at += exponential(random, 1)) arrivals++;
  return arrivals;
}

function checkMean(mean: number): void {
  if (!Number.isFinite(mean) || mean < 0) throw new RangeError("A mean is finite and at least 0");
}

/**
 * One element, each as likely as the next.
 *
 * @throws RangeError when the list is empty
 */
export function pick<T>(random: Random, list: readonly T[]): T {
  if (list.length === 0) throw new RangeError("Nothing to pick from an empty list");
  // `below` stays inside the list; T itself may include undefined.
  return list[below(random, list.length)] as T;
}

/**
 * One element, as likely as its weight is of the sum of weights. Weight 0 is never picked.
 *
 * @param weights one per element, each finite and at least 0, with a positive finite sum
 * @throws RangeError when the weights are anything else
 */
export function pickWeighted<T>(random: Random, list: readonly T[], weights: readonly number[]): T {
  if (weights.length !== list.length) throw new RangeError("Weights are one per element");
  let total = 0;
  let lastPossible = -1;
  for (const [index, weight] of weights.entries()) {
    if (!(weight >= 0)) throw new RangeError("A weight is finite and at least 0");
    if (weight > 0) lastPossible = index;
    total += weight;
  }
  if (!Number.isFinite(total) || total <= 0) {
    throw new RangeError("Weights have a positive, finite sum");
  }

  let rest = random() * total;
  let chosen = lastPossible; // what remains when rounding lets the walk below run off the end
  for (const [index, weight] of weights.entries()) {
    if (rest < weight) {
      chosen = index;
      break;
    }
    rest -= weight;
  }
  // `chosen` is an index of `weights`, which is as long as the list; T may include undefined.
  return list[chosen] as T;
}

/** A copy of the list in random order, every order as likely. */
export function shuffle<T>(random: Random, list: readonly T[]): T[] {
  return sample(random, list, list.length);
}

/**
 * `count` different positions of the list in random order, every choice as likely.
 *
 * @param count integer, 0 to the length of the list
 * @throws RangeError for any other count
 */
export function sample<T>(random: Random, list: readonly T[], count: number): T[] {
  const copy = [...list];
  shuffleFirst(random, copy, count);
  return copy.slice(0, count);
}

/**
 * Bring a random choice of `count` elements, in random order, to the front of `list`, in place.
 * The rest stays behind them, so drawing again and again from one array needs no copy.
 *
 * @param count integer, 0 to the length of the list
 * @throws RangeError for any other count
 * @see Fisher & Yates 1938, in Durstenfeld's form
 */
export function shuffleFirst<T>(
  random: Random,
  list: { readonly length: number; [index: number]: T },
  count: number,
): void {
  if (!Number.isInteger(count) || count < 0 || count > list.length) {
    throw new RangeError("A sample without replacement is at most the whole list");
  }
  for (let index = 0; index < count; index++) {
    const other = index + below(random, list.length - index);
    // Both positions are inside the list; T itself may include undefined.
    const kept = list[index] as T;
    list[index] = list[other] as T;
    list[other] = kept;
  }
}
