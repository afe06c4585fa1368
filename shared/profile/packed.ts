/**
 * Profiles as they are kept on disk: arrays instead of named fields, and nothing of what is empty. A quarter of the room, and as much
 * less to write and read, which is most of what an entity costs that is not in memory.
 */
import { packCounts, unpackCounts, type PackedCounts } from "./counters.ts";
import { packHabit, unpackHabit } from "./habit.ts";
import type { Seen } from "./links.ts";
import { LINKS, type Link } from "./observation.ts";
import type { Stay } from "./place.ts";
import type { Attempt, Profile } from "./profile.ts";
import type { Visit } from "./visit.ts";

/** Rows of another form are not read. */
const FORM = 4;

/** A time as how long it lies before another, which is 0 more often than not, where a time has 13 digits. */
type AgoMs = number;
type PackedStay = [latitude: number, longitude: number, ago: AgoMs, ...left: number[]];
type PackedVisit = [
  key: string | null,
  started: AgoMs,
  /** Null before the first page. */
  viewed: AgoMs | null,
  gaps: number,
  gapMean: number,
  gapM2: number,
];
/** Of each kind: its place in `LINKS` and how many there are; of each of these what packSeen says. */
type PackedLinks = (string | number | null)[];
type Packed = [
  form: typeof FORM,
  /** What the other times are before; null when there was no event. */
  lastMs: number | null,
  first: AgoMs | null,
  signedUp: AgoMs | null,
  ordered: AgoMs | null,
  orders: number,
  declinesInARow: number,
  amount: PackedAmount | 0,
  attempts: AgoMs[],
  counts: PackedCounts,
  links: PackedLinks,
  stay: PackedStay | 0,
  visit: PackedVisit | 0,
  habit: number[] | 0,
];
/** Of equal amounts, as those of one order are, the mean is all. */
type PackedAmount = [mean: number, m2?: number, ewMean?: number, ewVariance?: number, max?: number];

/** A profile as text. */
export function packProfile(profile: Profile): string {
  const { lastMs, orders, amount, stay, visit, habit } = profile;
  const nowMs = lastMs ?? 0;
  const packed: Packed = [
    FORM,
    lastMs,
    ago(nowMs, profile.firstMs),
    ago(nowMs, profile.signedUpMs),
    ago(nowMs, profile.orderedMs),
    orders,
    profile.declinesInARow,
    orders === 0 ? 0 : packAmount(amount),
    packAttempts(profile.attempts, nowMs),
    packCounts(profile.counts),
    packLinks(profile.links, nowMs),
    stay === null ? 0 : packStay(stay, nowMs),
    visit === null ? 0 : packVisit(visit, nowMs),
    habit === null ? 0 : packHabit(habit),
  ];
  return JSON.stringify(packed);
}

/** @returns null of a text in another form */
export function unpackProfile(text: string): Profile | null {
  const packed = JSON.parse(text) as Packed; // only written by packProfile
  if (packed[0] !== FORM) return null;
  const [
    ,
    lastMs,
    first,
    signedUp,
    ordered,
    orders,
    declinesInARow,
    amount,
    attempts,
    counts,
    links,
    stay,
    visit,
    habit,
  ] = packed;
  const nowMs = lastMs ?? 0;
  return {
    firstMs: ago(nowMs, first),
    lastMs,
    signedUpMs: ago(nowMs, signedUp),
    orders,
    orderedMs: ago(nowMs, ordered),
    amount: unpackAmount(amount === 0 ? [0] : amount),
    attempts: unpackAttempts(attempts, nowMs),
    declinesInARow,
    counts: unpackCounts(counts),
    links: unpackLinks(links, nowMs),
    stay: stay === 0 ? null : unpackStay(stay, nowMs),
    visit: visit === 0 ? null : unpackVisit(visit, nowMs),
    habit: habit === 0 ? null : unpackHabit(habit),
  };
}

/** How long before, and of that the time again. */
function ago(nowMs: number, time: number | null): number | null {
  return time === null ? null : nowMs - time;
}

function packAmount({ mean, m2, ewMean, ewVariance, max }: Profile["amount"]): PackedAmount {
  const areEqual = m2 === 0 && ewMean === mean && ewVariance === 0 && max === mean;
  return areEqual ? [mean] : [mean, m2, ewMean, ewVariance, max];
}

function unpackAmount([mean, m2 = 0, ewMean = mean, ewVariance = 0, max = mean]: PackedAmount): Profile["amount"] {
  return { mean, m2, ewMean, ewVariance, max };
}

/** Doubled, so that the last bit says which were declined. */
function packAttempts(attempts: readonly Attempt[], nowMs: number): AgoMs[] {
  const packed: AgoMs[] = [];
  for (const { atMs, declined } of attempts) packed.push(2 * (nowMs - atMs) + (declined ? 1 : 0));
  return packed;
}

function unpackAttempts(packed: readonly AgoMs[], nowMs: number): Attempt[] {
  return packed.map((doubled) => ({ atMs: nowMs - Math.floor(doubled / 2), declined: doubled % 2 === 1 }));
}

function packLinks(links: Profile["links"], nowMs: number): PackedLinks {
  const packed: PackedLinks = [];
  for (let link = 0; link < LINKS.length; link++) {
    const all = links[LINKS[link] as Link]; // one of them
    if (all === undefined) continue;
    packed.push(link, all.length);
    for (const seen of all) packSeen(packed, seen, nowMs);
  }
  return packed;
}

/** Its key, when it was seen last, and how long before that it was first ordered with. */
function packSeen(packed: PackedLinks, { key, lastMs, orderedMs }: Seen, nowMs: number): void {
  packed.push(key, nowMs - lastMs, ago(lastMs, orderedMs));
}

const SEEN_LENGTH = 3;

function unpackLinks(packed: PackedLinks, nowMs: number): Profile["links"] {
  const links: Profile["links"] = {};
  for (let at = 0; at < packed.length;) {
    const [link, count] = [packed[at] as number, packed[at + 1] as number]; // as packLinks writes them
    at += 2;
    const all = [unpackSeen(packed, at, nowMs)]; // there is one, see `firstLink`
    for (at += SEEN_LENGTH; all.length < count; at += SEEN_LENGTH) all.push(unpackSeen(packed, at, nowMs));
    links[LINKS[link] as Link] = all; // one of them
  }
  return links;
}

function unpackSeen(packed: PackedLinks, at: number, nowMs: number): Seen {
  const lastMs = nowMs - (packed[at + 1] as number); // in the order that packSeen writes them
  return { key: packed[at] as string, lastMs, orderedMs: ago(lastMs, packed[at + 2] as number | null) };
}

function packStay({ latitude, longitude, atMs, left }: Stay, nowMs: number): PackedStay {
  if (left === null) return [latitude, longitude, nowMs - atMs];
  return [latitude, longitude, nowMs - atMs, left.latitude, left.longitude, nowMs - left.atMs];
}

function unpackStay(packed: PackedStay, nowMs: number): Stay {
  const [latitude, longitude, agoMs, leftLatitude, leftLongitude, leftAgoMs] = packed;
  const atMs = nowMs - agoMs;
  if (leftLatitude === undefined || leftLongitude === undefined || leftAgoMs === undefined) {
    return { latitude, longitude, atMs, left: null };
  }
  const left = { latitude: leftLatitude, longitude: leftLongitude, atMs: nowMs - leftAgoMs };
  return { latitude, longitude, atMs, left };
}

function packVisit({ key, startedMs, viewedMs, gaps, gapMean, gapM2 }: Visit, nowMs: number): PackedVisit {
  return [key, nowMs - startedMs, viewedMs === 0 ? null : nowMs - viewedMs, gaps, gapMean, gapM2];
}

function unpackVisit([key, started, viewed, gaps, gapMean, gapM2]: PackedVisit, nowMs: number): Visit {
  return { key, startedMs: nowMs - started, viewedMs: viewed === null ? 0 : nowMs - viewed, gaps, gapMean, gapM2 };
}
