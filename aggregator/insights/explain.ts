import { contributionsTo, contributionsToQuotient, type Contribution } from "./contributions.ts";
import type { Facts } from "./facts.ts";
import type { Change } from "./find-changes.ts";
import type { Segment } from "./finding.ts";
import { usualSums } from "./sums.ts";
import { TESTED, type Tested } from "./tested.ts";

const DIMENSIONS = ["country", "device", "category"] as const;

/** A part of the difference that is worth a line. */
const SHOWN_LEAST = 0.1;
const SHOWN_MOST = 3;
/** A member is why when it makes so much of the difference, and so much more than it makes of everything. */
const EXPLAINS_LEAST = 0.4;
const EXPLAINS_BEYOND = 0.15;
/** Everything is affected alike when no member makes more of the difference beyond its size than this. */
const EVEN_MOST = 0.1;

export interface Explained {
  segments: Segment[];
  /** The member that is why; null where it is none alone. */
  main: Segment | null;
  /** Whether the difference is spread as everything always is. */
  isEven: boolean;
}

/**
 * Which members make the difference of everything. Those of a dimension add up to all of it; of categories, to the difference of all
 * categories together, since an order may be in several.
 */
export function segmentsOf({ metric }: Change, facts: Facts): Explained {
  const tested: Tested = TESTED[metric];
  const found = DIMENSIONS.filter((dimension) => tested.dimensions.includes(dimension)).flatMap((dimension) =>
    contributionsIn(dimension, tested, facts).map(({ usualShare, member, value, usual, contribution }) => ({
      segment: { dimension, member, value, usual, contribution },
      beyond: contribution - usualShare,
    })),
  );
  const [main] = found
    .filter(({ segment, beyond }) => segment.contribution >= EXPLAINS_LEAST && beyond >= EXPLAINS_BEYOND)
    .toSorted((a, b) => b.beyond - a.beyond);
  const shown = DIMENSIONS.flatMap((dimension) =>
    found
      .filter(({ segment }) => segment.dimension === dimension && segment.contribution >= SHOWN_LEAST)
      .slice(0, SHOWN_MOST)
      .map(({ segment }) => segment),
  );
  return {
    segments: shown.toSorted(
      (a, b) => Number(b === main?.segment) - Number(a === main?.segment) || b.contribution - a.contribution,
    ),
    main: main?.segment ?? null,
    isEven: main === undefined && found.length > 0 && found.every(({ beyond }) => beyond <= EVEN_MOST),
  };
}

function contributionsIn(
  dimension: (typeof DIMENSIONS)[number],
  { value, units }: Tested,
  { seen, baseline, expectation: { factor } }: Facts,
): (Contribution & { usualShare: number })[] {
  const members = seen.scopes
    .filter((scope) => scope.dimension === dimension)
    .map(({ member, now, before }) => ({
      member,
      now,
      usual: usualSums({ dimension, member, now, before }, baseline.occasions),
    }));
  const weight = units ?? value;
  const total = members.reduce((sum, { usual }) => sum + weight(usual), 0);
  const usualShares = new Map(members.map(({ member, usual }) => [member, total === 0 ? 0 : weight(usual) / total]));
  const contributions =
    units === null
      ? contributionsTo(
          members.map(({ member, now, usual }) => ({ member, value: value(now), usual: factor * value(usual) })),
        )
      : contributionsToQuotient(
          members.map(({ member, now, usual }) => ({
            member,
            value: value(now),
            usual: value(usual),
            units: units(now),
            usualUnits: units(usual),
          })),
        );
  return contributions.map((own) => ({ ...own, usualShare: usualShares.get(own.member) ?? 0 }));
}
