import type { LinkSnapshot } from "./links.ts";
import { LINKS, type Link } from "./observation.ts";
import { keepShape } from "../keep-shape.ts";

/**
 * What was known of an entity before an event. Payments of `1m` and `1h` are exact, up to 200 attempts. Of all else `1m` is this minute
 * and what is left of the one before, `1h` this minute and the 59 before, `1d` this hour and the 23 before, `7d` and `30d` this day and
 * those before; nothing later is in them, but for what came within the same minute, hour or day.
 * Amounts are ln(1 + euros) where the name says so by `amountM…`, else euros, roughly. NaN where nothing can be known.
 */
export interface Snapshot {
  orders: number;
  orders1m: number;
  orders1h: number;
  orders1d: number;
  orders7d: number;
  orders30d: number;
  attempts1h: number;
  declines1h: number;
  declines1d: number;
  declinesInARow: number;
  refunds30d: number;
  logins1h: number;
  signUps1d: number;
  coupons7d: number;
  couponsRefused1h: number;
  cartAdds1m: number;
  cartAdds1h: number;
  cartUnits1h: number;
  views1m: number;
  views1h: number;
  frauds7d: number;
  frauds30d: number;
  amount1d: number;
  amount30d: number;
  refunded30d: number;
  amountMean: number;
  /** Sum of squared deviations from the mean (Welford). */
  amountM2: number;
  amountEwMean: number;
  amountEwVariance: number;
  amountMax: number;
  /** Mean of the clipped z-scores of the amounts of the last 7 days, before this event; 0 without any. */
  amountZ7d: number;
  /** Since the first event, the newest, the last order and the sign-up. */
  sinceFirstMs: number;
  sinceLastMs: number;
  sinceOrderMs: number;
  sinceSignUpMs: number;
  /** From where it was last, or before if that is here, and since when it was last seen there; see `lookStay`. */
  movedKm: number;
  movedMs: number;
  /** Orders at about this time of a day like this one, and of how many; see `lookHabit`. */
  habitNear: number;
  habitAll: number;
  visitMs: number;
  viewGaps: number;
  viewGapVariation: number;
  links: Readonly<Partial<Record<Link, LinkSnapshot>>>;
}

export type Figure = Exclude<keyof Snapshot, "links">;

/** The place of each figure in a snapshot's row. The links follow them, three figures each. */
export const FIGURE: Readonly<Record<Figure, number>> = {
  orders: 0,
  orders1m: 1,
  orders1h: 2,
  orders1d: 3,
  orders7d: 4,
  orders30d: 5,
  attempts1h: 6,
  declines1h: 7,
  declines1d: 8,
  declinesInARow: 9,
  refunds30d: 10,
  logins1h: 11,
  signUps1d: 12,
  coupons7d: 13,
  couponsRefused1h: 14,
  cartAdds1m: 15,
  cartAdds1h: 16,
  cartUnits1h: 17,
  views1m: 18,
  views1h: 19,
  frauds7d: 20,
  frauds30d: 21,
  amount1d: 22,
  amount30d: 23,
  refunded30d: 24,
  amountMean: 25,
  amountM2: 26,
  amountEwMean: 27,
  amountEwVariance: 28,
  amountMax: 29,
  amountZ7d: 30,
  sinceFirstMs: 31,
  sinceLastMs: 32,
  sinceOrderMs: 33,
  sinceSignUpMs: 34,
  movedKm: 35,
  movedMs: 36,
  habitNear: 37,
  habitAll: 38,
  visitMs: 39,
  viewGaps: 40,
  viewGapVariation: 41,
};

const FIGURES = Object.keys(FIGURE) as Figure[]; // its own keys
const LINK_FIGURES = 3;

/** Numbers in a snapshot's row. */
export const SNAPSHOT_FIGURES = FIGURES.length + LINKS.length * LINK_FIGURES;

/**
 * @param link its place in `LINKS`
 * @param known null where the event does not name the link, whose figures then are NaN
 */
export function setLink(row: Float64Array, at: number, link: number, known: LinkSnapshot | null): void {
  const from = at + FIGURES.length + link * LINK_FIGURES;
  row[from] = known === null ? NaN : known.known;
  row[from + 1] = known === null ? NaN : known.recent;
  row[from + 2] = known?.isNew ? 1 : 0;
}

/** The snapshot that a row holds from `at` on, read there each time: nothing is copied but the links, once they are asked for. */
export function snapshotAt(row: Float64Array, at: number): Snapshot {
  return new SnapshotRow(row, at) as unknown as Snapshot; // its figures are defined below
}

class SnapshotRow {
  readonly row: Float64Array;
  readonly at: number;
  #links: Snapshot["links"] | null = null;

  constructor(row: Float64Array, at: number) {
    this.row = row;
    this.at = at;
  }

  get links(): Snapshot["links"] {
    return (this.#links ??= linksAt(this.row, this.at));
  }
}

keepShape(new SnapshotRow(new Float64Array(SNAPSHOT_FIGURES), 0));

for (const figure of FIGURES) {
  const offset = FIGURE[figure];
  Object.defineProperty(SnapshotRow.prototype, figure, {
    get(this: SnapshotRow) {
      return this.row[this.at + offset];
    },
  });
}

function linksAt(row: Float64Array, at: number): Snapshot["links"] {
  const links: Partial<Record<Link, LinkSnapshot>> = {};
  for (let link = 0; link < LINKS.length; link++) {
    const from = at + FIGURES.length + link * LINK_FIGURES;
    const known = row[from] ?? NaN;
    if (Number.isNaN(known)) continue;
    links[LINKS[link] as Link] = { known, recent: row[from + 1] ?? NaN, isNew: row[from + 2] === 1 }; // one of them
  }
  return links;
}

/** A snapshot as an object of its own. */
export function plainSnapshot(snapshot: Snapshot): Snapshot {
  const figures = Object.fromEntries(FIGURES.map((figure) => [figure, snapshot[figure]])) as Record<Figure, number>; // all of them
  return { ...figures, links: snapshot.links };
}
