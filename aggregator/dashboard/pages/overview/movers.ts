import type { MetricsAnswer } from "./today.ts";

/** A part of the shop in which more or less came than the week before. */
export interface Mover {
  member: string;
  now: number;
  before: number;
  difference: number;
  /** Null where nothing was before. */
  change: number | null;
}

const SHOWN = 6;

/** The parts that differ the most, by how much they differ: a part that doubled from one order to two is no news. */
export function moversOf(now: MetricsAnswer, before: MetricsAnswer, currency: string | undefined): Mover[] {
  const sums = [totals(now, currency), totals(before, currency)] as const;
  const members = new Set([...sums[0].keys(), ...sums[1].keys()]);
  return [...members]
    .map((member): Mover => {
      const [is, was] = [sums[0].get(member) ?? 0, sums[1].get(member) ?? 0];
      return { member, now: is, before: was, difference: is - was, change: was === 0 ? null : is / was - 1 };
    })
    .filter(({ difference }) => difference !== 0)
    .toSorted((a, b) => Math.abs(b.difference) - Math.abs(a.difference))
    .slice(0, SHOWN);
}

function totals({ series }: MetricsAnswer, currency: string | undefined): Map<string, number> {
  const own = series.filter((one) => one.currency === currency);
  return new Map(
    own.map(({ group, points }) => [group ?? "", points.reduce((sum, { value }) => sum + (value ?? 0), 0)]),
  );
}
