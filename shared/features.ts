import type { KeptEvent } from "./event.ts";
import { inWords } from "./number-words.ts";
import {
  ENTITY_KINDS,
  ENTITY_WORDS,
  observationOf,
  pricedItemsOf,
  type EntityKind,
  type Knowledge,
} from "./observe.ts";
import { nearestUsualLog, type UsualItem } from "./price-book.ts";
import { amountZ, type LinkSnapshot, type Observation, type Snapshot } from "./profile.ts";
import type { Signals } from "./signals.ts";

/** Version of the table below; a model names the one it was trained on. Changes whenever a row's meaning, order or number does. */
export const FEATURE_SET = "shop-v1";

/** A feature that could not be known. Below every real value, which are all at least 0, and trained for. */
export const MISSING = -1;

/** Everything a feature or a rule may look at. */
export interface Facts {
  event: KeptEvent;
  signals: Signals;
  seen: Observation;
  /** Whose own normal the event is held against: the customer, else the e-mail, else the client. Null when none is known. */
  subject: { kind: EntityKind; before: Snapshot } | null;
  /** The other entities the event came through: card, client, network. */
  counters: { kind: EntityKind; before: Snapshot }[];
  /** The order's priced lines, each beside what was usual; null for items never sold. */
  items: { name: string; price: number; quantity: number; usual: UsualItem | null }[];
}

interface Feature {
  name: string;
  unit: string;
  /** One-sided: 0 is harmless and only larger is stranger. MISSING when it cannot be known. */
  value(facts: Facts): number;
  /** What the value means for this event, in words with the real figures. */
  words(facts: Facts): string;
}

/** Gathers what features and rules look at. */
export function factsOf(event: KeptEvent, signals: Signals, known: Knowledge): Facts {
  const subjectKind = (["customer", "email", "client"] as const).find((kind) => known.profiles[kind] !== undefined);
  const subjectBefore = subjectKind && known.profiles[subjectKind];
  const items = pricedItemsOf(event);
  const lines = (event.items ?? []).filter(
    (item) => (item.price ?? 0) > 0 && (item.item_id ?? item.item_name) !== undefined,
  );
  return {
    event,
    signals,
    seen: observationOf(event, signals),
    subject: subjectKind && subjectBefore ? { kind: subjectKind, before: subjectBefore } : null,
    counters: ENTITY_KINDS.flatMap((kind) => {
      const before = known.profiles[kind];
      const counts = kind === "card" || kind === "ip" || (kind === "client" && subjectKind !== "client");
      return before === undefined || !counts ? [] : [{ kind, before }];
    }),
    items: items.map((item, index) => ({
      name: lines[index]?.item_name ?? lines[index]?.item_id ?? "an item",
      price: Math.exp(item.priceLog),
      quantity: item.quantity,
      usual: known.prices[index] ?? null,
    })),
  };
}

/** An item's usual price counts once it was sold this often. */
export const ORDERS_FOR_USUAL = 5;

/** An item whose price changes by more than this (ln) from one order to the next has no usual price: postage, custom work. */
const SWING_MOST = 0.5;

/** How many times its usual swing an item's price or quantity moves before that is strange. */
const SWINGS = 5;

/**
 * The features, in the order of the vector. All are measured before the event is learned from; amounts are ln(1 + euros), so
 * differences of amounts are ratios whatever the currency.
 */
export const FEATURES: readonly Feature[] = [
  {
    name: "amount_log",
    unit: "ln(1 + EUR)",
    value: ({ seen }) => seen.amountLog ?? MISSING,
    words: ({ event }) => `an order of ${money(event)}`,
  },
  {
    name: "amount_z",
    unit: "standard deviations above the customer's own mean",
    value: againstOwn((before, amount) => amountZ(before, amount)),
    words: (facts) => `${money(facts.event)} is ${ratioToUsual(facts)} this ${who(facts)}'s usual order`,
  },
  {
    name: "amount_ew_z",
    unit: "standard deviations above the customer's recent mean",
    value: againstOwn((before, amount) =>
      before.orders < 2 ? 0 : (amount - before.amountEwMean) / Math.sqrt(before.amountEwVariance + 0.05),
    ),
    words: (facts) => `${money(facts.event)} is ${ratioToUsual(facts)} this ${who(facts)}'s recent orders`,
  },
  {
    name: "amount_over_max",
    unit: "ln of the ratio to the customer's largest order",
    value: againstOwn((before, amount) => (before.orders < 2 ? 0 : amount - before.amountMax)),
    words: (facts) => `${money(facts.event)} is more than this ${who(facts)} ever spent in one order`,
  },
  {
    name: "amount_over_mean",
    unit: "ln of the ratio to the customer's mean order",
    value: againstOwn((before, amount) => (before.orders < 2 ? 0 : amount - before.amountMean)),
    words: (facts) => `${money(facts.event)} is ${ratioToUsual(facts)} this ${who(facts)}'s mean order`,
  },
  {
    name: "order_burst",
    unit: "ln(1 + orders of 1 d over the daily mean of 30 d)",
    value: ({ seen, subject }) => (subject === null || seen.kind === "other" ? MISSING : burst(subject.before)),
    words: (facts) =>
      `${facts.subject?.before.orders1d ?? 0} orders by this ${who(facts)} in 1 d; usual is ${perDay(facts.subject?.before)}`,
  },
  {
    name: "orders_1h",
    unit: "ln(1 + orders of the customer in 1 h)",
    value: ({ seen, subject }) =>
      subject === null || seen.kind === "other" ? MISSING : Math.log1p(subject.before.orders1h),
    words: (facts) => `${facts.subject?.before.orders1h ?? 0} other orders by this ${who(facts)} within 1 h`,
  },
  {
    name: "orders_1m",
    unit: "ln(1 + orders of the customer in 1 min)",
    value: ({ seen, subject }) =>
      subject === null || seen.kind === "other" ? MISSING : Math.log1p(subject.before.orders1m),
    words: (facts) => `${facts.subject?.before.orders1m ?? 0} other orders by this ${who(facts)} within 1 min`,
  },
  {
    name: "counter_order_burst",
    unit: "ln(1 + orders of 1 d over the daily mean of 30 d), most of card, client and network",
    value: mostOfCounters(burst),
    words: (facts) => {
      const [through, before] = strongest(facts, burst);
      return `${before.orders1d} orders through this ${through} in 1 d; usual is ${perDay(before)}`;
    },
  },
  {
    name: "amount_z_7d",
    unit: "mean z-score of the customer's orders of 7 d",
    value: ({ seen, subject }) =>
      subject === null || seen.kind === "other" ? MISSING : Math.max(0, subject.before.amountZ7d),
    words: (facts) => `this ${who(facts)}'s orders have been above their usual for 7 d`,
  },
  {
    name: "counter_amount_z",
    unit: "standard deviations above the own mean, most of card, client and network",
    value: mostOfCounters((before, { seen }) => (seen.amountLog === null ? 0 : amountZ(before, seen.amountLog))),
    words: (facts) => {
      const [through] = strongest(facts, (before, { seen }) =>
        seen.amountLog === null ? 0 : amountZ(before, seen.amountLog),
      );
      return `${money(facts.event)} is far above what this ${through} usually pays`;
    },
  },
  {
    name: "amount_1d",
    unit: "ln(1 + EUR the customer spent in 1 d)",
    value: ({ seen, subject }) =>
      subject === null || seen.kind === "other" ? MISSING : Math.log1p(subject.before.amount1d),
    words: (facts) =>
      `about ${inWords(Math.round(facts.subject?.before.amount1d ?? 0))} EUR spent by this ${who(facts)} in 1 d before this`,
  },
  {
    name: "counter_attempts_1h",
    unit: "ln(1 + payment attempts in 1 h), most of card, client and network",
    value: mostOfCounters((before) => Math.log1p(before.attempts1h)),
    words: (facts) => {
      const [through, before] = strongest(facts, (known) => known.attempts1h);
      return `${before.attempts1h + 1} payment attempts through this ${through} in 1 h`;
    },
  },
  {
    name: "counter_declines_1h",
    unit: "ln(1 + declined payments in 1 h), most of card, client and network",
    value: mostOfCounters((before) => Math.log1p(before.declines1h)),
    words: (facts) => {
      const [through, before] = strongest(facts, (known) => known.declines1h);
      return `${before.declines1h} declined payments through this ${through} in 1 h`;
    },
  },
  {
    name: "counter_customers_7d",
    unit: "ln of the different customers in 7 d, most of card, client and network",
    value: mostOfCounters((before) => Math.log(before.links.customer?.recent ?? 1)),
    words: (facts) => {
      const [through, before] = strongest(facts, (known) => known.links.customer?.recent ?? 1);
      return `${before.links.customer?.recent ?? 1} customers through this ${through} in 7 d`;
    },
  },
  {
    name: "counter_cards_1h",
    unit: "ln of the different cards in 1 h, most of client and network",
    value: mostOfCounters((before) => Math.log(before.links.card?.recent ?? 1)),
    words: (facts) => {
      const [through, before] = strongest(facts, (known) => known.links.card?.recent ?? 1);
      return `${before.links.card?.recent ?? 1} cards through this ${through} in 1 h`;
    },
  },
  {
    name: "new_country",
    unit: "ln of the customer's orders over the countries they came from or went to, when this one is new",
    value: ({ seen, subject }) => {
      if (subject === null || seen.kind === "other") return MISSING;
      const { country, destination } = subject.before.links;
      if (country === undefined && destination === undefined) return MISSING;
      return Math.max(surprise(country, subject.before), surprise(destination, subject.before));
    },
    words: (facts) => newCountryWords(facts),
  },
  {
    name: "new_device",
    unit: "ln of the customer's orders over the devices they used, when this one is new",
    value: ({ seen, subject }) => {
      const device = subject?.before.links.device;
      if (subject === null || seen.kind === "other" || device === undefined) return MISSING;
      return surprise(device, subject.before);
    },
    words: (facts) => `first orders on this device, after ${facts.subject?.before.orders ?? 0} in all`,
  },
  {
    name: "price_drop",
    unit: "ln of the usual price over this price beyond the item's own swings, most of the items",
    value: mostOfItems(priceDrop),
    words: (facts) => priceWords(facts, priceDrop),
  },
  {
    name: "price_rise",
    unit: "ln of this price over the usual price beyond the item's own swings, most of the items",
    value: mostOfItems(priceRise),
    words: (facts) => priceWords(facts, priceRise),
  },
  {
    name: "quantity_over_usual",
    unit: "ln of the quantity over the item's usual quantity beyond its own swings, most of the items",
    value: mostOfItems(quantityRise),
    words: (facts) => {
      const found = topItem(facts, quantityRise);
      return found === null
        ? "an unusual quantity"
        : `${found.quantity} of ${found.name}; usual is ${Math.max(1, Math.round(Math.exp(found.usual.quantityLog)))}`;
    },
  },
];

export const FEATURE_NAMES: readonly string[] = FEATURES.map((feature) => feature.name);

/** The feature vector of an event: one finite number per row of FEATURES, at least 0, or MISSING. */
export function featureVector(facts: Facts): Float32Array {
  return Float32Array.from(FEATURES, (feature) => {
    const value = feature.value(facts);
    return value === MISSING || !Number.isFinite(value) ? MISSING : Math.max(0, value);
  });
}

type OwnMeasure = (before: Snapshot, amountLog: number) => number;
type CounterMeasure = (before: Snapshot, facts: Facts) => number;
/** A line of an order that has a price. */
export type PricedLine = Facts["items"][number];
type ItemMeasure = (item: PricedLine, usual: UsualItem) => number;

function againstOwn(measure: OwnMeasure): Feature["value"] {
  return ({ seen, subject }) =>
    subject === null || seen.amountLog === null ? MISSING : Math.max(0, measure(subject.before, seen.amountLog));
}

function mostOfCounters(measure: CounterMeasure): Feature["value"] {
  return (facts) =>
    facts.counters.length === 0 || facts.seen.kind === "other"
      ? MISSING
      : Math.max(0, measure(strongest(facts, measure)[1], facts));
}

/** The counter entity with the largest measure, as it is called in reasons, and what was known of it. Only called where there is one, or for words beside a value of one. */
function strongest(facts: Facts, measure: CounterMeasure): [word: string, before: Snapshot] {
  const [first, ...others] = facts.counters;
  if (first === undefined) throw new Error("no counter entity is known");
  const top = others.reduce(
    (best, next) => (measure(next.before, facts) > measure(best.before, facts) ? next : best),
    first,
  );
  return [ENTITY_WORDS[top.kind], top.before];
}

function mostOfItems(measure: ItemMeasure): Feature["value"] {
  return (facts) => {
    const found = topItem(facts, measure);
    return found === null ? MISSING : Math.max(0, measure(found, found.usual));
  };
}

function priceDrop(item: PricedLine, usual: UsualItem): number {
  const priceLog = Math.log(item.price);
  return nearestUsualLog(usual, priceLog) - priceLog - ordinarySwing(usual.priceSwing, usual);
}

function priceRise(item: PricedLine, usual: UsualItem): number {
  const priceLog = Math.log(item.price);
  return priceLog - nearestUsualLog(usual, priceLog) - ordinarySwing(usual.priceSwing, usual);
}

function quantityRise(item: PricedLine, usual: UsualItem): number {
  return Math.log(item.quantity) - usual.quantityLog - ordinarySwing(usual.quantitySwing, usual);
}

/** How far (ln) an item's price or quantity moves without that being strange; wider while it was sold only a few times. */
export function ordinarySwing(swing: number, { orders }: UsualItem): number {
  return SWINGS * (swing + 1 / orders);
}

/** The item with the largest measure among those that have a usual price: sold often enough, and not for another price each time. */
export function topItem(facts: Facts, measure: ItemMeasure): (Facts["items"][number] & { usual: UsualItem }) | null {
  let top: (Facts["items"][number] & { usual: UsualItem }) | null = null;
  for (const item of facts.items) {
    if (item.usual === null || item.usual.orders < ORDERS_FOR_USUAL || item.usual.priceSwing > SWING_MOST) continue;
    const known = { ...item, usual: item.usual };
    if (top === null || measure(known, known.usual) > measure(top, top.usual)) top = known;
  }
  return top;
}

function burst(before: Snapshot): number {
  return Math.log1p(before.orders1d / Math.max(before.orders30d / 30, 0.2));
}

/**
 * How much a first time says: nothing of a customer who always came with another one, more the longer they kept to the same few.
 */
function surprise(link: LinkSnapshot | undefined, before: Snapshot): number {
  return link !== undefined && firstTime(link) ? Math.log(Math.max(1, (before.orders + 1) / link.known)) : 0;
}

function firstTime(link: { known: number; isNew: boolean } | undefined): boolean {
  return link !== undefined && link.isNew && link.known > 0;
}

function who({ subject }: Facts): string {
  return ENTITY_WORDS[subject?.kind ?? "customer"];
}

/** An amount as people write it: `1,234.50 GBP`. */
export function money(event: KeptEvent): string {
  if (event.value === undefined) return "an unknown amount";
  return `${inWords(event.value)} ${event.currency ?? ""}`.trim();
}

function ratioToUsual(facts: Facts): string {
  const { subject, seen } = facts;
  if (subject === null || seen.amountLog === null) return "above";
  return times(Math.expm1(seen.amountLog) / Math.max(Math.expm1(subject.before.amountMean), 0.01));
}

/** A factor in words: `14×`, `1.8×`. */
export function times(factor: number): string {
  return `${factor >= 10 ? Math.round(factor) : Number(factor.toFixed(1))}×`;
}

function perDay(before: Snapshot | undefined): string {
  const daily = (before?.orders30d ?? 0) / 30;
  return daily >= 1 ? `${Number(daily.toFixed(1))} a day` : "less than 1 a day";
}

function newCountryWords({ event, signals, subject }: Facts): string {
  const orders = subject?.before.orders ?? 0;
  const parts: string[] = [];
  if (firstTime(subject?.before.links.country)) parts.push(`from ${signals.country ?? "a new country"}`);
  if (firstTime(subject?.before.links.destination))
    parts.push(`to ${event.shipping_address?.country ?? "a new country"}`);
  return `first orders ${parts.join(" and ")}, after ${orders} in all`;
}

function priceWords(facts: Facts, measure: ItemMeasure): string {
  const found = topItem(facts, measure);
  if (found === null) return "an unusual price";
  const show = (price: number) => `${Number(price.toFixed(2))} ${facts.event.currency ?? ""}`.trim();
  return `${found.name} at ${show(found.price)}; usual is ${show(Math.exp(found.usual.priceLog))}`;
}
