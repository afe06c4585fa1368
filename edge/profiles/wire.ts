/**
 * Questions and answers of the profile stores as they cross to them: the lines of an order and what is known of profiles as arrays of
 * numbers, because an order may have 200 lines, a profile has some 60 figures, and copying as many named fields costs more than
 * everything else about them.
 */
import type { PricedItem, UsualItem } from "../../shared/price-book.ts";
import { LINKS, type Observation } from "../../shared/profile/observation.ts";
import { look, newProfile, type Snapshot } from "../../shared/profile/profile.ts";

/** One event's question to a store: what is known of these entities and items, and learn from it. */
export interface RecallRequest {
  seen: Observation;
  /** Names of the entities' profiles in this store. */
  entities: string[];
  /** Priced items, when this store keeps the price book; null otherwise. */
  items: PricedItem[] | null;
}

export interface RecallAnswer {
  /** Beside `entities`. */
  profiles: Snapshot[];
  prices: (UsualItem | null)[];
  /** This store learned from the event's id before, and the event was not taken back since. */
  repeated: boolean;
}

export interface WireRequest extends Omit<RecallRequest, "items"> {
  items: { keys: string[]; figures: Float64Array } | null;
}

export interface WireAnswer extends Omit<RecallAnswer, "prices" | "profiles"> {
  profiles: Float64Array;
  prices: Float64Array;
}
const ITEM_FIGURES = 2;
const USUAL_FIGURES = 9;

export function packRequest({ items, ...rest }: RecallRequest): WireRequest {
  if (items === null) return { ...rest, items };
  const figures = new Float64Array(items.length * ITEM_FIGURES);
  items.forEach(({ priceLog, quantity }, index) => {
    figures[index * ITEM_FIGURES] = priceLog;
    figures[index * ITEM_FIGURES + 1] = quantity;
  });
  return { ...rest, items: { keys: items.map(({ key }) => key), figures } };
}

export function unpackItems({ keys, figures }: NonNullable<WireRequest["items"]>): PricedItem[] {
  return keys.map((key, index) => {
    const at = index * ITEM_FIGURES;
    return { key, priceLog: figures[at] ?? 0, quantity: figures[at + 1] ?? 1 };
  });
}

/** Items never sold become rows of zeros, which no other item has: its orders are at least 1. No former price becomes NaN. */
export function packPrices(prices: readonly (UsualItem | null)[]): Float64Array {
  const figures = new Float64Array(prices.length * USUAL_FIGURES);
  prices.forEach((usual, index) => {
    if (usual === null) return;
    let at = index * USUAL_FIGURES;
    figures[at++] = usual.orders;
    figures[at++] = usual.priceLog;
    figures[at++] = usual.priceSwing;
    figures[at++] = usual.quantityLog;
    figures[at++] = usual.quantitySwing;
    figures[at++] = usual.last.priceLog;
    figures[at++] = usual.last.quantityLog;
    figures[at++] = usual.offInARow;
    figures[at] = usual.formerPriceLog ?? NaN;
  });
  return figures;
}

export function unpackAnswer({ profiles, prices, repeated }: WireAnswer): RecallAnswer {
  const snapshots: Snapshot[] = [];
  for (let at = 0; at < profiles.length; at += SNAPSHOT_FIGURES) snapshots.push(unpackSnapshot(profiles, at));
  const usual: (UsualItem | null)[] = [];
  for (let at = 0; at < prices.length; at += USUAL_FIGURES) usual.push(unpackUsual(prices, at));
  return { profiles: snapshots, prices: usual, repeated };
}

type Figure = Exclude<keyof Snapshot, "links">;

/** What is known of an entity nobody saw: the pattern of all snapshots. */
const NOTHING: Snapshot = look(newProfile(), "customer", {
  id: "",
  atMs: 0,
  act: "step",
  amountLog: null,
  units: 0,
  links: {},
  place: null,
  visit: null,
});
const FIGURES = Object.keys(NOTHING).filter((name): name is Figure => name !== "links");
const LINK_FIGURES = 3;
const SNAPSHOT_FIGURES = FIGURES.length + LINKS.length * LINK_FIGURES;

/** A link the event does not name becomes NaN. */
export function packProfiles(profiles: readonly Snapshot[]): Float64Array {
  const figures = new Float64Array(profiles.length * SNAPSHOT_FIGURES);
  let at = 0;
  for (const snapshot of profiles) {
    for (const name of FIGURES) figures[at++] = snapshot[name];
    for (const link of LINKS) {
      const known = snapshot.links[link];
      figures[at++] = known?.known ?? NaN;
      figures[at++] = known?.recent ?? NaN;
      figures[at++] = known?.isNew ? 1 : 0;
    }
  }
  return figures;
}

function unpackSnapshot(figures: Float64Array, from: number): Snapshot {
  let at = from;
  const next = () => figures[at++] ?? NaN;
  const snapshot: Snapshot = { ...NOTHING, links: {} };
  for (const name of FIGURES) snapshot[name] = next();
  for (const link of LINKS) {
    const [known, recent, isNew] = [next(), next(), next() === 1];
    if (!Number.isNaN(known)) snapshot.links[link] = { known, recent, isNew };
  }
  return snapshot;
}

function unpackUsual(figures: Float64Array, at: number): UsualItem | null {
  const figure = (index: number) => figures[at + index] ?? NaN;
  if (figure(0) === 0) return null;
  const former = figure(8);
  return {
    orders: figure(0),
    priceLog: figure(1),
    priceSwing: figure(2),
    quantityLog: figure(3),
    quantitySwing: figure(4),
    last: { priceLog: figure(5), quantityLog: figure(6) },
    offInARow: figure(7),
    formerPriceLog: Number.isNaN(former) ? null : former,
  };
}
