/**
 * Profiles as they are kept on disk: arrays instead of named fields, and nothing of what is empty. A quarter of the room, and as much
 * less to write and read, which is most of what an entity costs that is not in memory.
 */
import { packCounts, unpackCounts, type PackedCounts } from "./counters.ts";
import { packHabit, unpackHabit } from "./habit.ts";
import type { Seen } from "./links.ts";
import type { Link } from "./observation.ts";
import type { Stay } from "./place.ts";
import type { Profile } from "./profile.ts";
import type { Visit } from "./visit.ts";

/** Rows of another form are not read. */
const FORM = 3;

type PackedStay = [latitude: number, longitude: number, atMs: number, ...left: number[]];
type PackedVisit = [
  key: string | null,
  startedMs: number,
  viewedMs: number,
  gaps: number,
  gapMean: number,
  gapM2: number,
];
/** Of each: its key, when it was seen last, and when it was first ordered with. */
type PackedLinks = Partial<Record<Link, (string | number | null)[]>>;
type Packed = [
  form: typeof FORM,
  times: [firstMs: number | null, lastMs: number | null, signedUpMs: number | null, orderedMs: number | null],
  orders: number,
  declinesInARow: number,
  amount: [mean: number, m2: number, ewMean: number, ewVariance: number, max: number] | 0,
  /** Times; those of declines negative. */
  attempts: number[],
  counts: PackedCounts,
  links: PackedLinks,
  stay: PackedStay | 0,
  visit: PackedVisit | 0,
  habit: number[] | 0,
];

/** A profile as text. */
export function packProfile(profile: Profile): string {
  const { firstMs, lastMs, signedUpMs, orderedMs, orders, declinesInARow, amount, stay, visit, habit } = profile;
  const packed: Packed = [
    FORM,
    [firstMs, lastMs, signedUpMs, orderedMs],
    orders,
    declinesInARow,
    orders === 0 ? 0 : [amount.mean, amount.m2, amount.ewMean, amount.ewVariance, amount.max],
    profile.attempts.map(({ atMs, declined }) => (declined ? -atMs : atMs)),
    packCounts(profile.counts),
    packLinks(profile.links),
    stay === null ? 0 : packStay(stay),
    visit === null ? 0 : packVisit(visit),
    habit === null ? 0 : packHabit(habit),
  ];
  return JSON.stringify(packed);
}

/** @returns null of a text in another form */
export function unpackProfile(text: string): Profile | null {
  const packed = JSON.parse(text) as Packed; // only written by packProfile
  if (packed[0] !== FORM) return null;
  const [, times, orders, declinesInARow, amount, attempts, counts, links, stay, visit, habit] = packed;
  const [firstMs, lastMs, signedUpMs, orderedMs] = times;
  const [mean, m2, ewMean, ewVariance, max] = amount === 0 ? [0, 0, 0, 0, 0] : amount;
  return {
    firstMs,
    lastMs,
    signedUpMs,
    orders,
    orderedMs,
    amount: { mean, m2, ewMean, ewVariance, max },
    attempts: attempts.map((time) => ({ atMs: Math.abs(time), declined: time < 0 })),
    declinesInARow,
    counts: unpackCounts(counts),
    links: unpackLinks(links),
    stay: stay === 0 ? null : unpackStay(stay),
    visit: visit === 0 ? null : unpackVisit(visit),
    habit: habit === 0 ? null : unpackHabit(habit),
  };
}

function packLinks(links: Profile["links"]): PackedLinks {
  const packed: PackedLinks = {};
  for (const link in links) {
    const all: (string | number | null)[] = [];
    for (const { key, lastMs, orderedMs } of links[link as Link] ?? []) all.push(key, lastMs, orderedMs); // its own keys
    packed[link as Link] = all;
  }
  return packed;
}

function unpackLinks(packed: PackedLinks): Profile["links"] {
  const links: Profile["links"] = {};
  for (const link in packed) links[link as Link] = unpackSeen(packed[link as Link] ?? []); // its own keys
  return links;
}

function unpackSeen(packed: readonly (string | number | null)[]): Seen[] {
  const seen: Seen[] = [];
  for (let at = 0; at < packed.length; at += 3) {
    // In the order that packLinks writes them.
    const [key, lastMs, orderedMs] = [packed[at] as string, packed[at + 1] as number, packed[at + 2] as number | null];
    seen.push({ key, lastMs, orderedMs });
  }
  return seen;
}

function packStay({ latitude, longitude, atMs, left }: Stay): PackedStay {
  return [latitude, longitude, atMs, ...(left === null ? [] : [left.latitude, left.longitude, left.atMs])];
}

function unpackStay([latitude, longitude, atMs, ...left]: PackedStay): Stay {
  const [leftLatitude, leftLongitude, leftMs] = left;
  if (leftLatitude === undefined || leftLongitude === undefined || leftMs === undefined) {
    return { latitude, longitude, atMs, left: null };
  }
  return { latitude, longitude, atMs, left: { latitude: leftLatitude, longitude: leftLongitude, atMs: leftMs } };
}

function packVisit({ key, startedMs, viewedMs, gaps, gapMean, gapM2 }: Visit): PackedVisit {
  return [key, startedMs, viewedMs, gaps, gapMean, gapM2];
}

function unpackVisit([key, startedMs, viewedMs, gaps, gapMean, gapM2]: PackedVisit): Visit {
  return { key, startedMs, viewedMs, gaps, gapMean, gapM2 };
}
