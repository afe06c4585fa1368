import { flatText } from "../flat-text.ts";
import { hashText } from "../hash.ts";
import { LINKS, linksInOrder, type Act, type Link, type Observation } from "./observation.ts";

/** How long after its first order a link is known. */
const KNOWN_AFTER_MS = 86_400_000;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** For how long a link counts as recent. */
const RECENT_MS: Record<Link, number> = {
  customer: 7 * DAY_MS,
  card: HOUR_MS,
  device: 7 * DAY_MS,
  country: 30 * DAY_MS,
  destination: 30 * DAY_MS,
  address: 30 * DAY_MS,
  category: 30 * DAY_MS,
  coupon: HOUR_MS,
  item: DAY_MS,
  software: 30 * DAY_MS,
};

const LINKS_KEPT = 48;

/** Of a longer key its beginning and its hash are remembered: keys come from outside, and may have hundreds of characters. */
const KEY_LENGTH = 32;
const HASH_LENGTH = 7;

/** A card, device or place that an entity was seen with. */
export interface Seen {
  key: string;
  lastMs: number;
  /** Of the first order with it. */
  orderedMs: number | null;
}

export interface LinkSnapshot {
  /** Different ones an order was made with at least a day before (at most 48 are remembered). */
  known: number;
  /**
   * Different ones seen within the link's recent time, this one included: cards and coupons 1 h, items 1 d, customers and devices 7 d,
   * others 30 d.
   */
  recent: number;
  /**
   * No order was made with this one at least a day before. Looking around does not make it known: whoever orders has looked
   * around first; nor do the first orders, which may be a thief's.
   */
  isNew: boolean;
}

export function lookLink(known: readonly Seen[] | undefined, link: Link, key: string, atMs: number): LinkSnapshot {
  const result = { known: 0, recent: 1, isNew: true };
  if (known === undefined) return result;
  const sinceMs = atMs - RECENT_MS[link];
  for (const other of known) {
    const isKnown = other.orderedMs !== null && other.orderedMs <= atMs - KNOWN_AFTER_MS;
    if (isKnown) result.known++;
    if (other.key === key) result.isNew = !isKnown;
    else if (other.lastMs > sinceMs && other.lastMs <= atMs) result.recent++;
  }
  return result;
}

/** A link's first, in a list no longer than it: one that is pushed into begins with room for 17, and most links stay alone. */
export function firstLink(key: string, seen: { atMs: number; act: Act }): Seen[] {
  return [newLink(key, seen)];
}

function newLink(key: string, { atMs, act }: { atMs: number; act: Act }): Seen {
  return { key, lastMs: atMs, orderedMs: act === "order" ? atMs : null };
}

export function learnLink(known: Seen[], key: string, seen: { atMs: number; act: Act }): void {
  const { atMs, act } = seen;
  const at = placeOf(known, key);
  const link = at < 0 ? undefined : known[at]; // there is no element -1, and asking for one is slow
  if (link === undefined) {
    known.push(newLink(key, seen));
    if (known.length > LINKS_KEPT) known.shift();
    return;
  }
  link.lastMs = Math.max(link.lastMs, atMs);
  if (act === "order") link.orderedMs = Math.min(link.orderedMs ?? atMs, atMs);
  if (at === known.length - 1) return;
  known.splice(at, 1);
  known.push(link);
}

/** Searched from the end: mostly it is the one seen last. */
function placeOf(known: readonly Seen[], key: string): number {
  let at = known.length - 1;
  while (at >= 0 && known[at]?.key !== key) at--;
  return at;
}

/** Which links matter for which entity: a network's countries say nothing, and cost as much to remember as a customer's. */
export const LINKS_OF = {
  customer: ["card", "device", "country", "destination", "address", "category", "coupon", "item", "software"],
  email: ["customer", "card", "device", "country", "destination", "address", "category", "coupon", "item", "software"],
  client: ["customer", "card", "country", "destination", "coupon", "item", "software"],
  card: ["customer", "device", "country", "destination", "item"],
  ip: ["customer", "card", "device", "coupon", "item"],
} as const satisfies Record<string, readonly Link[]>;

/** What has a profile of its own. */
export type EntityKind = keyof typeof LINKS_OF;

/** Beside `LINKS`. */
const MATTERS: Record<EntityKind, readonly boolean[]> = {
  customer: mattering(LINKS_OF.customer),
  email: mattering(LINKS_OF.email),
  client: mattering(LINKS_OF.client),
  card: mattering(LINKS_OF.card),
  ip: mattering(LINKS_OF.ip),
};

function mattering(links: readonly Link[]): boolean[] {
  return LINKS.map((link) => links.includes(link));
}

/** What an event is linked to as it is remembered, beside `LINKS`; null for what it does not name. */
export type LinkKeys = readonly (string | null)[];

export function linkKeys({ links }: Observation): LinkKeys {
  return linksInOrder(links).map((key) => (key === undefined ? null : shortened(key)));
}

/**
 * The key as an entity of this kind remembers it; null for a link that the event does not name, or that does not matter.
 *
 * @param link its place in `LINKS`
 */
export function linkKey(kind: EntityKind, link: number, keys: LinkKeys): string | null {
  return MATTERS[kind][link] === true ? (keys[link] ?? null) : null;
}

function shortened(key: string): string {
  if (key.length <= KEY_LENGTH) return key;
  return flatText(key.slice(0, KEY_LENGTH - HASH_LENGTH), hashText(key).toString(36));
}
