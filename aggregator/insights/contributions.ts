/** A member's part of a sum, now and as is usual. */
export interface Part {
  member: string;
  value: number;
  usual: number;
}

/** The same of a quotient: what is divided and what it is divided by. */
export interface QuotientPart extends Part {
  units: number;
  usualUnits: number;
}

/** A member's part in a difference; those of all members add up to 1 whatever their signs. */
export interface Contribution {
  member: string;
  value: number;
  usual: number;
  contribution: number;
}

/** Of a quotient, two parts: the member's own quotient changed, or it has become a larger or smaller part of the whole. */
export interface QuotientContribution extends Contribution {
  rate: number;
  mix: number;
}

/** How much of the difference of a sum each member makes. Empty where there is no difference. */
export function contributionsTo(parts: readonly Part[]): Contribution[] {
  const total = sumOf(parts, ({ value, usual }) => value - usual);
  if (total === 0) return [];
  return largestFirst(
    parts.map(({ member, value, usual }) => ({ member, value, usual, contribution: (value - usual) / total })),
  );
}

/**
 * How much of the difference of a quotient each member makes, so that a mix that shifts is not taken for members that got worse
 * (Simpson's paradox): of each member the change of its own quotient at its mean weight, and the change of its weight at the distance
 * of its mean quotient from that of everything. They add up exactly.
 *
 * A member that was not there, or is no more, has only a change of weight.
 */
export function contributionsToQuotient(parts: readonly QuotientPart[]): QuotientContribution[] {
  const units = sumOf(parts, (part) => part.units);
  const usualUnits = sumOf(parts, (part) => part.usualUnits);
  if (units <= 0 || usualUnits <= 0) return [];
  const whole = sumOf(parts, ({ value }) => value) / units;
  const usualWhole = sumOf(parts, ({ usual }) => usual) / usualUnits;
  const total = whole - usualWhole;
  if (total === 0) return [];
  return largestFirst(
    parts
      .filter((part) => part.units > 0 || part.usualUnits > 0)
      .map((part) => {
        const weight = part.units / units;
        const usualWeight = part.usualUnits / usualUnits;
        const own = part.units > 0 ? part.value / part.units : part.usual / part.usualUnits;
        const usualOwn = part.usualUnits > 0 ? part.usual / part.usualUnits : own;
        const rate = ((own - usualOwn) * (weight + usualWeight)) / 2 / total;
        const mix = ((weight - usualWeight) * (own + usualOwn - whole - usualWhole)) / 2 / total;
        return { member: part.member, value: own, usual: usualOwn, contribution: rate + mix, rate, mix };
      }),
  );
}

/** The factors whose product an amount is, now and as is usual. */
export interface Factor {
  name: string;
  value: number;
  usual: number;
}

/**
 * How much of the difference of a product each factor makes: in proportion to its logarithm, weighed with the logarithmic mean, so that
 * they add up exactly and no factor's turn matters.
 *
 * @returns shares by name, empty where there is no difference, or a factor is 0: then it alone is why
 * @see Ang 2005, "The LMDI approach to decomposition analysis"
 */
export function sharesOfFactors(factors: readonly Factor[]): Record<string, number> {
  const gone = factors.find(({ value, usual }) => value <= 0 !== usual <= 0);
  if (gone !== undefined) return { [gone.name]: 1 };
  const logs = factors.map(({ name, value, usual }) => [name, value > 0 ? Math.log(value / usual) : 0] as const);
  const total = logs.reduce((sum, [, log]) => sum + log, 0);
  return total === 0 ? {} : Object.fromEntries(logs.map(([name, log]) => [name, log / total]));
}

function sumOf<T>(list: readonly T[], of: (item: T) => number): number {
  return list.reduce((sum, item) => sum + of(item), 0);
}

function largestFirst<T extends Contribution>(contributions: T[]): T[] {
  return contributions.toSorted(
    (a, b) => b.contribution - a.contribution || (a.member < b.member ? -1 : a.member > b.member ? 1 : 0),
  );
}
