import type { Assessment } from "../../shared/assessment.ts";
import type { KeptEvent } from "../../shared/event.ts";
import { below, chance, pickWeighted, poisson, type Random } from "../../shared/random.ts";
import type { Signals } from "../../shared/signals.ts";
import type { Db } from "../store/db.ts";
import { eventRow, storeEvents, type EventRow } from "../store/events.ts";
import { scoredEvent } from "../test-events.ts";

export const HOUR_MS = 60 * 60_000;
export const DAY_MS = 24 * HOUR_MS;

const CATEGORIES = [
  { name: "shoes", price: 60 },
  { name: "hats", price: 25 },
  { name: "socks", price: 8 },
];
const COUNTRIES = ["DE", "FR", "AT"];
const WEIGHTS = [5, 3, 2];
const ORDERS_PER_SESSION = 0.25;
const DECLINED_SHARE = 0.04;

/** What is not as usual. */
interface Odd {
  /** Share of the payments of a country that are declined. */
  declined?(atMs: number, country: string): number;
  /** How many times its usual price a category sells at. */
  price?(atMs: number, category: string): number;
}

interface Stretch extends Odd {
  fromMs: number;
  untilMs: number;
  /** A day. */
  sessions: number;
  random: Random;
}

let made = 0;

/** A shop's sessions, with what they order, as rows: most around 14:00, hardly any at night. */
export function trade({ fromMs, untilMs, sessions, random, ...odd }: Stretch): EventRow[] {
  const rows: EventRow[] = [];
  for (let hourMs = fromMs; hourMs < untilMs; hourMs += HOUR_MS) {
    const hour = (hourMs / HOUR_MS) % 24;
    const busy = 1 + 0.8 * Math.cos(((hour - 14) / 12) * Math.PI);
    for (let count = poisson(random, (sessions * busy) / 24); count > 0; count--) {
      rows.push(...sessionRows(random, hourMs + below(random, HOUR_MS), odd));
    }
  }
  return rows;
}

function sessionRows(random: Random, atMs: number, { declined, price }: Odd): EventRow[] {
  const id = `session-${++made}`;
  const country = pickWeighted(random, COUNTRIES, WEIGHTS);
  const signals: Signals = { country, device_class: chance(random, 0.6) ? "mobile" : "desktop" };
  const row = (event: Partial<KeptEvent>) =>
    rowOf(atMs, { session_id: id, user_id: `user-${id}`, ...event }, { signals });
  if (!chance(random, ORDERS_PER_SESSION)) return [row({ name: "page_view" })];
  if (chance(random, declined?.(atMs, country) ?? DECLINED_SHARE)) return [row({ name: "payment_failed" })];
  const { name, price: usual } = pickWeighted(random, CATEGORIES, WEIGHTS);
  const quantity = 1 + below(random, 3);
  const each = Math.round(100 * usual * (0.7 + 0.6 * random()) * (price?.(atMs, name) ?? 1)) / 100;
  const items = [{ item_id: name, item_category: name, price: each, quantity }];
  const value = Math.round(100 * each * quantity) / 100;
  return [row({ name: "purchase", transaction_id: `order-${id}`, value, currency: "EUR", items })];
}

interface Attack {
  fromMs: number;
  untilMs: number;
  attempts: number;
  networks: number;
  /** Attempts that go through, one in so many. */
  every: number;
}

/** Stolen cards tried one after another, each once, most of them declined. */
export function cardTesting({ fromMs, untilMs, attempts, networks, every }: Attack): EventRow[] {
  return Array.from({ length: attempts }, (_, index) => {
    const atMs = fromMs + Math.floor(((untilMs - fromMs) * index) / attempts);
    const isThrough = index % every === every - 1;
    const id = `attack-${++made}`;
    const event: Partial<KeptEvent> = {
      session_id: id,
      client_id: id,
      value: 20,
      currency: "EUR",
      payment: { card_fingerprint: id, outcome: isThrough ? "authorized" : "declined" },
      ...(isThrough ? { name: "purchase", transaction_id: id, items: [] } : { name: "payment_failed" }),
    };
    const signals: Signals = { country: "AT", device_class: "desktop", ip_hash: `network-${index % networks}` };
    const reasons = [
      {
        code: "card_testing",
        detail: "12 payment attempts with 12 cards through this network in 1 h, 11 declined",
        contribution: 1,
      },
    ];
    return rowOf(atMs, event, { signals, assessment: { score: 0.9, anomaly: true, reasons } });
  });
}

function rowOf(
  atMs: number,
  event: Partial<KeptEvent>,
  { signals, assessment = {} }: { signals: Signals; assessment?: Partial<Assessment> },
): EventRow {
  const timestamp = new Date(atMs).toISOString();
  const base = scoredEvent({ id: `evt_${String(++made).padStart(8, "0")}` }, assessment, {
    signals,
    received_at: timestamp,
  });
  const { id } = base.event;
  const scored = { ...base, features: [], event: { id, name: "page_view", ...event, timestamp } };
  return eventRow(scored, { requestId: "req_1", keyId: "key_1", nowMs: atMs });
}

const BATCH = 2_000;

export async function storeAll(db: Db, rows: readonly EventRow[]): Promise<void> {
  for (let at = 0; at < rows.length; at += BATCH) await storeEvents(db, rows.slice(at, at + BATCH));
}
