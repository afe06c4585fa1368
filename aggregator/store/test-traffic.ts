import { sql } from "drizzle-orm";
import { below, chance, pick, pickWeighted, shuffle, type Random } from "../../shared/random.ts";
import type { ScoredEvent } from "../../shared/message.ts";
import { ANOMALOUS, NOW_MS, scoredEvent } from "../test-events.ts";
import type { Db } from "./db.ts";
import { eventRow, intakeOf, type EventRow } from "./events.ts";

const NAMES = ["page_view", "add_to_cart", "purchase", "refund", "payment_failed", "my_own"];
const WEIGHTS = [6, 3, 6, 3, 1, 1];
const DAY_MS = 24 * 60 * 60 * 1000;

/** One copy of an event on its way: what a queue delivers, in any order and any number of times. */
export interface Copy {
  id: string;
  requestId: string;
  repeated: boolean;
  row: EventRow;
}

/**
 * Traffic that has everything that makes counting hard: events that come late by 30 days, transactions and sessions that many events
 * name, refunds of any currency and before their purchase, declined orders, bots, anomalies, values that are missing; and of every
 * event one or more copies, of the same request and of others, in random order.
 */
export function randomCopies(random: Random, events: number): Copy[] {
  const copies = Array.from({ length: events }, (_, index) => copiesOf(randomEvent(random, index), random));
  return shuffle(random, copies.flat());
}

/** Copies cut into batches of random size. */
export function randomBatches(random: Random, copies: readonly Copy[], sizeMost: number): Copy[][] {
  const batches: Copy[][] = [];
  for (let at = 0; at < copies.length;) {
    const size = 1 + below(random, sizeMost);
    batches.push(copies.slice(at, at + size));
    at += size;
  }
  return batches;
}

function copiesOf(scored: ScoredEvent, random: Random): Copy[] {
  const copy = (requestId: string, repeated: boolean): Copy => {
    const provenance = { requestId, keyId: "key_1", nowMs: NOW_MS, publicUrl: "https://pulse.example" };
    return { id: scored.event.id, requestId, repeated, row: eventRow({ ...scored, repeated }, provenance) };
  };
  const first = copy(`req_${scored.event.id}`, false);
  return [
    first,
    ...(chance(random, 0.2) ? [first] : []),
    ...(chance(random, 0.1) ? [copy(`req_${scored.event.id}_2`, chance(random, 0.5))] : []),
    ...(chance(random, 0.05) ? [copy(`req_${scored.event.id}_3`, false)] : []),
  ];
}

function randomEvent(random: Random, index: number): ScoredEvent {
  const name = pickWeighted(random, NAMES, WEIGHTS);
  const monetary = name === "purchase" || name === "refund";
  const {
    transaction_id: _,
    value: __,
    currency: ___,
    items: ____,
    ...bare
  } = scoredEvent({ id: "evt_00000000" }).event;
  const event = {
    ...bare,
    id: `evt_${String(index).padStart(8, "0")}`,
    name,
    timestamp: new Date(randomTimeMs(random)).toISOString(),
    session_id: `session-${below(random, 40)}`,
    ...(monetary ? randomMoney(random, name) : {}),
  };
  if (chance(random, 0.2)) delete (event as Partial<typeof event>).session_id;
  const signals = {
    ...(chance(random, 0.9) ? { country: pick(random, ["DE", "FR", "JP"]) } : {}),
    ...(chance(random, 0.9) ? { device_class: pick(random, ["desktop", "mobile", "bot"] as const) } : {}),
    ...(chance(random, 0.1) ? { bot: chance(random, 0.5) } : {}),
  };
  return scoredEvent(event, chance(random, 0.3) ? ANOMALOUS : {}, { signals });
}

/** Mostly of a few minutes, some on the very edge of a day, some a month late. */
function randomTimeMs(random: Random): number {
  if (chance(random, 0.1)) return NOW_MS - (NOW_MS % DAY_MS) - below(random, 2);
  if (chance(random, 0.1)) return NOW_MS - 30 * DAY_MS - below(random, 600_000);
  return NOW_MS - below(random, 600_000);
}

function randomMoney(random: Random, name: string) {
  const currency = pick(random, ["EUR", "EUR", "JPY", "KWD"]);
  const decimals = { EUR: 2, JPY: 0, KWD: 3 }[currency] ?? 0;
  const amount = (most: number) => Number((random() * most).toFixed(decimals));
  const category = () => (chance(random, 0.8) ? { item_category: pick(random, ["shoes", "hats", "(other)"]) } : {});
  const items = chance(random, 0.1)
    ? Array.from({ length: 30 }, (_, line) => ({ item_category: `c${line % 25}`, price: amount(50), quantity: 2 }))
    : Array.from({ length: below(random, 4) }, () => ({
        ...category(),
        ...(chance(random, 0.8) ? { price: amount(100) } : {}),
        ...(chance(random, 0.8) ? { quantity: 1 + below(random, 5) } : {}),
      }));
  return {
    transaction_id: `order-${below(random, 60)}`,
    value: amount(1_000),
    currency,
    ...(name === "purchase" ? { items } : {}),
    ...(chance(random, 0.2) ? { payment: { outcome: pick(random, ["authorized", "declined"] as const) } } : {}),
  };
}

/** Stores as the version without aggregates did: rows and anomalies, and nothing else. */
export async function storeAsBefore(db: Db, rows: readonly EventRow[]): Promise<void> {
  await db.execute(sql`
    WITH fresh AS (
      INSERT INTO events (id, name, occurred_at, received_at, timestamp_source, source, request_id, key_id, session_id,
        transaction_id, country, value, currency, score, anomaly, event, signals, feature_set, features, assessment, runtime)
      SELECT id, name, occurred_at, received_at, timestamp_source, source, request_id, key_id, session_id, transaction_id,
        country, value, currency, score, anomaly, event, signals, feature_set, features, assessment, runtime
      FROM (${intakeOf(rows)}) AS intake
      ON CONFLICT DO NOTHING
      RETURNING id, anomaly
    )
    INSERT INTO anomalies (id, event_id) SELECT 'ano_' || id, id FROM fresh WHERE anomaly`);
}
