import { sql, type SQL } from "drizzle-orm";
import { expect } from "vitest";
import * as z from "zod";
import { balance } from "../../aggregator/accounts/balance.ts";
import { readBooks } from "../../aggregator/accounts/books.ts";
import { queryRows, type Db } from "../../aggregator/store/db.ts";
import { recount } from "../../aggregator/store/test-recount.ts";
import type { IntakeMessage } from "../../shared/message.ts";
import type { Product } from "./product.ts";

const MINUTE_MS = 60_000;

/** What a query answers that names its one column `value`. */
async function values(db: Db, query: SQL): Promise<string[]> {
  const rows = await queryRows(db, z.object({ value: z.string() }), query);
  return rows.map(({ value }) => value);
}

const storedIds = (db: Db, { sender }: Product) =>
  values(db, sql`SELECT id AS value FROM events WHERE starts_with(id, ${sender.prefix})`);

const failedIds = (db: Db, { sender }: Product) =>
  values(
    db,
    sql`SELECT DISTINCT event_id AS value FROM failed_events
        WHERE starts_with(event_id, ${sender.prefix}) AND NOT EXISTS (SELECT FROM events WHERE id = event_id)`,
  );

/** Nothing is on its way any more, and every sender knows what became of its events. */
export function expectDrained({ events, counts, dead, aggregator, sender }: Product): void {
  const waiting = [events, counts, dead].map((queue) => queue.waiting.size);
  expect({ waiting, spooled: aggregator.spooled.size, unsettled: sender.unsettled.size }).toEqual({
    waiting: [0, 0, 0],
    spooled: 0,
    unsettled: 0,
  });
}

/**
 * Every event that was promised, and every other that the queue took, is a row or a failure; and none fails but what was garbled or,
 * while `givenUp` is so, given up by the queue.
 */
export async function expectNothingLost(db: Db, product: Product, { givenUp }: { givenUp: boolean }): Promise<void> {
  const { edge, sender, dead } = product;
  const [stored, failed] = [await storedIds(db, product), await failedIds(db, product)];
  const queued = new Set(edge.queued.map(({ eventId }) => eventId));
  expect([...stored, ...failed].toSorted()).toEqual([...queued].toSorted());
  expect([...sender.promised].filter((id) => !queued.has(id))).toEqual([]);
  const deadIds = dead.taken.flatMap(({ body }) => eventIdsOf(String(body)));
  const mayFail = new Set([...edge.garbledIds, ...(givenUp ? deadIds : [])]);
  expect(failed.filter((id) => !mayFail.has(id))).toEqual([]);
}

function eventIdsOf(text: string): string[] {
  const { events } = JSON.parse(text) as IntakeMessage; // what the edge writes
  return events.map(({ event }) => event.id);
}

/**
 * The books of every minute are even and agree with what the senders were told. Beyond this they may hold only what the queue took and
 * seemed to refuse: that is stored and nobody was told.
 */
export async function expectBalanced(db: Db, { startMs, clock, sender, edge }: Product): Promise<void> {
  for (let minuteMs = startMs; minuteMs <= clock.nowMs(); minuteMs += MINUTE_MS) {
    const window = { from: new Date(minuteMs), to: new Date(minuteMs + MINUTE_MS) };
    const books = await readBooks(db, window);
    const { accepted, duplicate, rejected, inFlight, uncounted } = balance(books);
    const { sent, taken, refused } = sender.told.get(minuteMs) ?? { sent: 0, taken: 0, refused: 0 };
    const minute = window.from.toISOString();
    expect({ minute, received: books.received, taken: accepted + duplicate, rejected, inFlight }).toEqual({
      minute,
      received: sent,
      taken,
      rejected: refused,
      inFlight: 0,
    });
    const ghosts = edge.ghosts.filter(({ receivedMs }) => receivedMs - (receivedMs % MINUTE_MS) === minuteMs);
    expect({ minute, uncounted: Math.max(0, uncounted - ghosts.length) }).toEqual({ minute, uncounted: 0 });
  }
}

/**
 * Every aggregate equals a recount, every anomaly has one place in the triage list and is in one alert, and every alert counts what is in
 * it and has one delivery a webhook.
 */
export async function expectCountedOnce(db: Db): Promise<void> {
  for (const [aggregate, { kept, recounted }] of Object.entries(await recount(db))) {
    expect({ aggregate, lines: kept }).toEqual({ aggregate, lines: recounted });
  }
  const anomalous = await values(db, sql`SELECT id AS value FROM events WHERE anomaly ORDER BY id`);
  for (const made of [
    sql`SELECT event_id AS value FROM anomalies ORDER BY 1`,
    sql`SELECT event_id AS value FROM alert_anomalies JOIN anomalies ON anomalies.id = anomaly_id ORDER BY 1`,
  ]) {
    expect(await values(db, made)).toEqual(anomalous);
  }
  const alerts = sql`SELECT id || ' ' || anomalies AS value FROM alerts WHERE NOT digest ORDER BY id`;
  for (const made of [
    sql`SELECT alert_id || ' ' || count(*) AS value FROM alert_anomalies GROUP BY alert_id ORDER BY alert_id`,
    sql`SELECT alert_id || ' ' || anomalies AS value FROM deliveries JOIN alerts ON alerts.id = alert_id ORDER BY alert_id`,
  ]) {
    expect(await values(db, made)).toEqual(await values(db, alerts));
  }
}
