import type { MetricsAnswer } from "./metric-list.ts";

export type Series = MetricsAnswer["series"][number];

/** What a series amounts to: sums added up, quotients divided anew, as an average of averages is none. */
export function totalOf({ points }: Series): number | null {
  const isQuotient = points.some(({ denominator }) => denominator !== undefined);
  if (!isQuotient) return points.reduce((sum, { value }) => sum + (value ?? 0), 0);
  const [numerator, denominator] = points.reduce(
    ([n, d], point) => [n + (point.numerator ?? 0), d + (point.denominator ?? 0)],
    [0, 0],
  );
  return denominator === 0 ? null : numerator / denominator;
}

/** How much of it there is, for the order of series: of quotients, what they are divided by. */
export function weightOf({ points }: Series): number {
  return points.reduce((sum, { value, denominator }) => sum + (denominator ?? value ?? 0), 0);
}

/** Currencies that occur, the one with the most first. */
export function currenciesOf({ series }: MetricsAnswer): string[] {
  const sums = new Map<string, number>();
  for (const one of series) {
    if (one.currency !== undefined) sums.set(one.currency, (sums.get(one.currency) ?? 0) + weightOf(one));
  }
  return [...sums].toSorted(([, a], [, b]) => b - a).map(([code]) => code);
}
