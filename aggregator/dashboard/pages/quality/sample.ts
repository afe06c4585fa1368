import type { RowOf } from "../../api/client.ts";

export type Sampled = RowOf<"/v1/events">;

/** A part of the events that lack something. */
export interface Lack {
  name: string;
  /** What its absence costs. */
  words: string;
  count: number;
  /** How many should have it. */
  of: number;
}

interface Field {
  name: string;
  words: string;
  /** Whether an event of this kind should have it. */
  concerns(event: Sampled): boolean;
  has(event: Sampled): boolean;
}

const isPayment = ({ name }: Sampled) => name === "purchase" || name === "payment_failed";
const always = () => true;

/** What findings rest on the most. */
const FIELDS: readonly Field[] = [
  {
    name: "Customer",
    words: "what is unlike a customer cannot be seen",
    concerns: isPayment,
    has: ({ user_id, email_hash }) => user_id !== undefined || email_hash !== undefined,
  },
  {
    name: "Device",
    words: "what comes through one device cannot be put together",
    concerns: always,
    has: ({ client_id }) => client_id !== undefined,
  },
  {
    name: "Session",
    words: "conversion does not know it",
    concerns: always,
    has: ({ session_id }) => session_id !== undefined,
  },
  {
    name: "Network",
    words: "bursts through one network cannot be seen",
    concerns: always,
    has: ({ signals }) => signals.ip_hash !== undefined,
  },
  {
    name: "Country",
    words: "impossible journeys and mismatches cannot be seen",
    concerns: always,
    has: ({ signals }) => signals.country !== undefined,
  },
  {
    name: "Card",
    words: "card testing can only be seen by device and network",
    concerns: isPayment,
    has: ({ payment }) => payment?.card_fingerprint !== undefined,
  },
  {
    name: "Payment outcome",
    words: "declined payments count as paid",
    concerns: isPayment,
    has: ({ name, payment }) => name === "payment_failed" || payment?.outcome !== undefined,
  },
  {
    name: "Shipping country",
    words: "it cannot be held against the card’s and the shopper’s",
    concerns: ({ name }) => name === "purchase",
    has: ({ shipping_address }) => shipping_address?.country !== undefined,
  },
  {
    name: "Item categories",
    words: "figures by category leave it out",
    concerns: ({ items }) => items !== undefined && items.length > 0,
    has: ({ items = [] }) => items.every(({ item_category }) => item_category !== undefined),
  },
];

/** What the events lack, the most often missing first; nothing that is always there. */
export function lacksOf(events: readonly Sampled[]): Lack[] {
  return FIELDS.map(({ name, words, concerns, has }): Lack => {
    const own = events.filter(concerns);
    return { name, words, count: own.filter((event) => !has(event)).length, of: own.length };
  })
    .filter(({ of }) => of > 0)
    .toSorted((a, b) => b.count / b.of - a.count / a.of);
}

/** How long after it happened an event came, by steps. */
export const DELAYS = [
  { label: "within 10 s", mostMs: 10_000 },
  { label: "within 1 min", mostMs: 60_000 },
  { label: "within 1 h", mostMs: 3_600_000 },
  { label: "within 1 d", mostMs: 86_400_000 },
  { label: "later", mostMs: Number.POSITIVE_INFINITY },
] as const;

export function delaysOf(events: readonly Sampled[]): number[] {
  const counts = DELAYS.map(() => 0);
  for (const { received_at, timestamp } of events) {
    const delayMs = Date.parse(received_at) - Date.parse(timestamp);
    const step = DELAYS.findIndex(({ mostMs }) => delayMs <= mostMs);
    counts[step] = (counts[step] ?? 0) + 1;
  }
  return counts;
}

/** What was missing when events were scored, by its name, the most frequent first. */
export function degradationsOf(events: readonly Sampled[]): { name: string; count: number }[] {
  const all = events.flatMap(({ assessment }) => assessment.degraded);
  return [...Map.groupBy(all, (name) => name)]
    .map(([name, own]) => ({ name, count: own.length }))
    .toSorted((a, b) => b.count - a.count);
}
