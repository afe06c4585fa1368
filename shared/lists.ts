import * as z from "zod";
import { addressKey, readIpRange } from "./ip-range.ts";

/** What an entry of a list names, the most specific first. */
export const LIST_KINDS = ["customer", "card", "email", "email_domain", "ip", "country"] as const;
export const ListKind = z.enum(LIST_KINDS);
export type ListKind = z.infer<typeof ListKind>;

export const ListName = z.enum(["allow", "block"]);
export type ListName = z.infer<typeof ListName>;

/** How many entries both lists may have together: what an edge isolate holds in memory and reads anew with every change. */
export const LIST_ENTRIES_MOST = 10_000;

/** The KV entry the edge reads the lists from. */
export const LISTS_ENTRY = "config:lists";

export const ListEntry = z.strictObject({
  id: z.string(),
  list: ListName,
  kind: ListKind,
  /** In the one spelling of its kind: as events keep it, or a range of addresses (CIDR). */
  value: z.string(),
  /** RFC 3339; null for one that stays until it is removed. */
  expires_at: z.iso.datetime({ offset: true }).nullable(),
});
export type ListEntry = z.infer<typeof ListEntry>;

/** The lists as the edge reads them. Whoever changes an entry changes the version. */
export const ListsDocument = z.strictObject({
  v: z.literal(1),
  version: z.int(),
  entries: z.array(ListEntry),
});
export type ListsDocument = z.infer<typeof ListsDocument>;

/** What the lists are asked about an event. Whatever it does not name is undefined. */
export interface Listable {
  userId: string | undefined;
  /** The card's fingerprint. */
  card: string | undefined;
  /** The keyed hash of the e-mail address. */
  emailHash: string | undefined;
  emailDomain: string | undefined;
  /** Of the shopper, not of a shop's server that sends for him. */
  address: string | undefined;
  /** Where the shopper's address is, ISO 3166-1 alpha-2. */
  country: string | undefined;
}

export interface ListVerdict {
  list: ListName;
  entryId: string;
  kind: ListKind;
  /** What was found, as it may be kept with the event: never a network address. */
  words: string;
}

interface Compiled {
  id: string;
  list: ListName;
  expiresMs: number;
}

/** A range with its entries, and the place of the narrowest one around it; -1 when none is. */
interface Range {
  from: string;
  to: string;
  entries: Compiled[];
  around: number;
}

export interface CompiledLists {
  /** By kind and value; of each value the blocking entries first. */
  exact: Record<Exclude<ListKind, "ip">, ReadonlyMap<string, Compiled[]>>;
  /** By their first address, the wider of two that begin alike first. */
  ranges: readonly Range[];
}

/** Entries made ready to be asked of every event. A range that is none counts for nothing. */
export function compileLists(entries: readonly ListEntry[]): CompiledLists {
  const values: Record<ListKind, Map<string, Compiled[]>> = {
    customer: new Map(),
    card: new Map(),
    email: new Map(),
    email_domain: new Map(),
    ip: new Map(),
    country: new Map(),
  };
  for (const { id, list, kind, value, expires_at } of entries) {
    const entry = { id, list, expiresMs: expires_at === null ? Infinity : Date.parse(expires_at) };
    const held = values[kind].get(value);
    if (held === undefined) values[kind].set(value, [entry]);
    else if (list === "block") held.unshift(entry);
    else held.push(entry);
  }
  const { ip, ...exact } = values;
  return { exact, ranges: nested(ip) };
}

/**
 * What the lists say of an event at this moment, or null when they say nothing.
 *
 * The more specific entry decides: customer before card, e-mail, e-mail domain, network address and country, and of addresses the
 * longer prefix. So an allowed customer passes from a blocked country, and a blocked one does not from an allowed network. Of two
 * entries for the very same, the block list decides. An entry counts until it expires, and from that millisecond on no more, as
 * though it were not there.
 */
export function verdictOf(lists: CompiledLists, asked: Listable, nowMs: number): ListVerdict | null {
  const { exact } = lists;
  return (
    verdict("customer", asked.userId, exact.customer, nowMs) ??
    verdict("card", asked.card, exact.card, nowMs) ??
    verdict("email", asked.emailHash, exact.email, nowMs) ??
    verdict("email_domain", asked.emailDomain, exact.email_domain, nowMs) ??
    addressVerdict(asked.address, lists.ranges, nowMs) ??
    verdict("country", asked.country, exact.country, nowMs)
  );
}

const WORDS: Record<ListKind, (value: string) => string> = {
  customer: (value) => `customer ${value}`,
  card: (value) => `card ${value}`,
  email: () => "e-mail address",
  email_domain: (value) => `e-mail domain ${value}`,
  ip: () => "network address",
  country: (value) => `country ${value}`,
};

function verdict(
  kind: ListKind,
  value: string | undefined,
  entries: ReadonlyMap<string, Compiled[]>,
  nowMs: number,
): ListVerdict | null {
  // Most shops have no list of most kinds, and a text that is looked for is hashed first.
  if (value === undefined || entries.size === 0) return null;
  return told(kind, value, inForce(entries.get(value), nowMs));
}

function addressVerdict(address: string | undefined, ranges: readonly Range[], nowMs: number): ListVerdict | null {
  if (address === undefined || ranges.length === 0) return null;
  const key = addressKey(address);
  if (key === null) return null;
  let range = ranges[lastFrom(ranges, key)];
  while (range !== undefined) {
    const entry = key <= range.to ? inForce(range.entries, nowMs) : undefined;
    if (entry !== undefined) return told("ip", "", entry);
    range = ranges[range.around];
  }
  return null;
}

function inForce(entries: readonly Compiled[] | undefined, nowMs: number): Compiled | undefined {
  return entries?.find(({ expiresMs }) => expiresMs > nowMs);
}

function told(kind: ListKind, value: string, entry: Compiled | undefined): ListVerdict | null {
  return entry === undefined ? null : { list: entry.list, entryId: entry.id, kind, words: WORDS[kind](value) };
}

/** The place of the last range that does not begin beyond a key: the narrowest around it, or one inside that; -1 when there is none. */
function lastFrom(ranges: readonly Range[], key: string): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.from ?? "") <= key) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Two ranges lie inside one another or apart, so each knows the narrowest around it, and a look-up need only go outwards. */
function nested(values: ReadonlyMap<string, Compiled[]>): Range[] {
  const ranges = [...values].flatMap(([value, entries]): Range[] => {
    const range = readIpRange(value);
    return range === null ? [] : [{ from: range.from, to: range.to, entries, around: -1 }];
  });
  ranges.sort((a, b) => order(a.from, b.from) || order(b.to, a.to));
  const open: number[] = [];
  for (const [place, range] of ranges.entries()) {
    while (open.length > 0 && (ranges[open.at(-1) ?? -1]?.to ?? "") < range.from) open.pop();
    range.around = open.at(-1) ?? -1;
    open.push(place);
  }
  return ranges;
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
