import { sql } from "drizzle-orm";
import { normal, poisson, seededRandom } from "../../shared/random.ts";
import type { AlertServices } from "../alert/deliver.ts";
import type { Db } from "../store/db.ts";

const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;

/** What a shop has in a minute, by which its sums are drawn. */
export interface Rates {
  orders: number;
  sessions: number;
  events: number;
  declines: number;
  /** Mean value of an order. */
  value: number;
}

/** Parts of the traffic; those of one dimension are about everything together. */
const PARTS = [
  { dimension: "all", member: "", share: 1 },
  { dimension: "country", member: "DE", share: 0.7 },
  { dimension: "country", member: "FR", share: 0.3 },
  { dimension: "device", member: "mobile", share: 0.6 },
  { dimension: "device", member: "desktop", share: 0.4 },
  { dimension: "category", member: "shoes", share: 0.5 },
];

/** A shop of so many orders a minute, each of thirty sessions, with five events in each. */
export function ratesOf(orders: number): Rates {
  return { orders, sessions: 30 * orders, events: 150 * orders, declines: orders / 20, value: 80 };
}

interface Stretch {
  fromMs: number;
  untilMs: number;
  /** @param member of a dimension, empty for everything */
  rates(atMs: number, member: string): Rates;
  seed: number;
  /** By the hour where minutes are not looked at: there are fewer to draw. */
  byHour?: boolean;
}

interface Cell {
  dimension: string;
  member: string;
  at: string;
  orders: number;
  sessions: number;
  events: number;
  declines: number;
  revenue: number;
}

/** Writes the sums of a stretch of time, as if its events had been stored; they are added to what is there. */
export async function sellThrough(db: Db, { fromMs, untilMs, rates, seed, byHour = false }: Stretch): Promise<void> {
  const random = seededRandom(seed);
  const minutes = byHour ? HOUR_MINUTES : 1;
  const drawn: Cell[] = [];
  for (let atMs = fromMs; atMs < untilMs; atMs += minutes * MINUTE_MS) {
    for (const { dimension, member, share } of PARTS) {
      const own = rates(atMs, member);
      const draw = (mean: number) => drawCount(random, minutes * share * mean);
      const orders = draw(own.orders);
      const revenue = Math.round(own.value * (orders + (Math.sqrt(orders) / 2) * normal(random)));
      drawn.push({
        dimension,
        member,
        at: new Date(atMs).toISOString(),
        orders,
        sessions: draw(own.sessions),
        events: draw(own.events),
        declines: draw(own.declines),
        revenue: Math.max(0, revenue),
      });
    }
  }
  for (const [table, width] of [
    ["rollups_1m", "1 minute"],
    ["rollups_1h", "1 hour"],
    ["rollups_1d", "1 day"],
  ] as const) {
    if (byHour && table === "rollups_1m") continue;
    await db.execute(sql`
      INSERT INTO ${sql.identifier(table)} AS r (
        dimension, at, member, trusted, currency, events, anomalies, declines, orders, revenue, quantity, refunded_orders, refunded,
        sessions, converted
      )
      SELECT dimension, date_bin(${width}, at, '1900-01-01'), member, true, 'EUR', sum(events), 0, sum(declines), sum(orders),
        sum(revenue), sum(orders), 0, 0, sum(sessions), sum(orders)
      FROM jsonb_to_recordset(${JSON.stringify(drawn)}::jsonb) AS c (
        dimension text, at timestamptz, member text, events bigint, declines bigint, orders bigint, revenue numeric, sessions bigint
      )
      GROUP BY 1, 2, 3
      ON CONFLICT (dimension, at, member, trusted, currency) DO UPDATE SET
        events = r.events + excluded.events, declines = r.declines + excluded.declines, orders = r.orders + excluded.orders,
        revenue = r.revenue + excluded.revenue, sessions = r.sessions + excluded.sessions`);
  }
}

/** From here on a Poisson count is as good as normal, and much faster drawn. */
const NORMAL_FROM = 50;

function drawCount(random: () => number, mean: number): number {
  if (mean < NORMAL_FROM) return poisson(random, mean);
  return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
}

/** What the watch needs of the Worker around it, at a time that the test sets. */
export function watchServices(db: Db): AlertServices & { clock: { nowMs: number } } {
  const clock = { nowMs: 0 };
  let ids = 0;
  return {
    clock,
    db,
    nowMs: () => clock.nowMs,
    random: () => 0.5,
    newId: (prefix) => `${prefix}_${String(++ids).padStart(4, "0")}`,
    fetch: () => Promise.reject(new Error("nothing goes out in this test")),
    retryLater: async () => undefined,
    log: () => undefined,
    config: { allowLocalWebhooks: true, publicUrl: "https://pulse.example" },
  };
}
