import { sql } from "drizzle-orm";
import * as z from "zod";
import type { AlertType } from "../alert/alert-type.ts";
import { deliverNow, type AlertServices } from "../alert/deliver.ts";
import { raiseAlert } from "../alert/raise.ts";
import { changed } from "../live/tell.ts";
import { queryRows, type Db } from "../store/db.ts";
import { ORIGIN } from "../store/rollups.ts";
import { NOTHING_KNOWN, stepMinute } from "./page-hinkley.ts";
import { StreamState, withChange, type StreamChange } from "./stream-state.ts";

const DRIFT_ALERT = "drift.detected" satisfies AlertType;

const MINUTE_MS = 60_000;
/** A minute is taken in when it has been over for so long. */
const LAG_MINUTES = 2;
/** Of one run; the next goes on from there. */
const MINUTES_MOST = 180;
/** What is further back is left out. */
const CAUGHT_UP_MINUTES = 24 * 60;
/** What changed longer ago is not told. */
const TOLD_MS = 60 * MINUTE_MS;

const BEGUN: StreamState = { v: 1, test: NOTHING_KNOWN, changes: [] };

/**
 * Takes the scores of payment attempts in minute by minute, each once, and alerts of a change when it is certain.
 *
 * @returns how many minutes were taken in
 * @throws what the database throws; the next run goes on from there
 */
export async function followScores(services: AlertServices): Promise<number> {
  const { db, nowMs } = services;
  const end = (Math.floor(nowMs() / MINUTE_MS) - LAG_MINUTES) * MINUTE_MS;
  const kept = await readStream(db);
  const from = Math.max(kept?.untilMs ?? end - MINUTES_MOST * MINUTE_MS, end - CAUGHT_UP_MINUTES * MINUTE_MS);
  const until = Math.min(end, from + MINUTES_MOST * MINUTE_MS);
  if (from < until) {
    const state = (await readMinutes(db, from, until)).reduce(stepped, kept?.state ?? BEGUN);
    if (!(await writeStream(db, { state, untilMs: until, revision: kept?.revision ?? null }))) return 0;
    await alertOfChange(services, state);
    return (until - from) / MINUTE_MS;
  }
  if (kept !== null) await alertOfChange(services, kept.state);
  return 0;
}

const Minute = z.object({ ms: z.number(), events: z.int(), sum: z.number() });

/** Those that have any, in order. */
function readMinutes(db: Db, fromMs: number, untilMs: number): Promise<z.infer<typeof Minute>[]> {
  return queryRows(
    db,
    Minute,
    sql`
      SELECT extract(epoch FROM date_bin('1 minute', occurred_at, ${ORIGIN}))::float8 * 1000 AS ms,
        count(*)::integer AS events, sum(score)::float8 AS sum
      FROM events
      WHERE name IN ('purchase', 'payment_failed') AND occurred_at >= ${at(fromMs)} AND occurred_at < ${at(untilMs)}
      GROUP BY 1 ORDER BY 1`,
  );
}

function stepped({ test, changes, v }: StreamState, minute: z.infer<typeof Minute>): StreamState {
  const { state, change } = stepMinute(test, minute);
  if (change === null) return { v, test: state, changes };
  return { v, test: state, changes: withChange(changes, { at: new Date(minute.ms).toISOString(), ...change }) };
}

export interface KeptStream {
  state: StreamState;
  untilMs: number;
  /** Null before the first was written. */
  revision: number | null;
}

const Row = z.object({ until_ms: z.number(), state: z.unknown(), revision: z.coerce.number() });

/** Null before the first run. What cannot be read, being of another version, begins anew. */
export async function readStream(db: Db): Promise<KeptStream | null> {
  const [row] = await queryRows(
    db,
    Row,
    sql`SELECT extract(epoch FROM until)::float8 * 1000 AS until_ms, state, revision FROM score_stream`,
  );
  if (row === undefined) return null;
  const state = StreamState.safeParse(row.state).data ?? BEGUN;
  return { state, untilMs: row.until_ms, revision: row.revision };
}

/** @returns whether it was written: not when another was since this one was read */
async function writeStream(db: Db, { state, untilMs, revision }: KeptStream): Promise<boolean> {
  const written = await queryRows(
    db,
    z.object({ one: z.boolean() }),
    sql`
      INSERT INTO score_stream AS s (until, state, revision) VALUES (${at(untilMs)}, ${JSON.stringify(state)}::jsonb, 1)
      ON CONFLICT (one) DO UPDATE SET until = excluded.until, state = excluded.state, revision = s.revision + 1
      WHERE s.revision = ${revision}::bigint
      RETURNING one`,
  );
  return written.length > 0;
}

/** Of the last change, while it is fresh: by whomever comes first, whatever was cut short before. */
async function alertOfChange(services: AlertServices, { changes }: StreamState): Promise<void> {
  const { db, nowMs, newId, config } = services;
  const last = changes.at(-1);
  if (last === undefined || Date.parse(last.at) < nowMs() - TOLD_MS) return;
  const id = newId("alt");
  const deliveries = await raiseAlert(db, {
    id,
    type: DRIFT_ALERT,
    dedupKey: `drift:scores:${last.at}`,
    title: titleOf(last),
    data: { severity: "warning", change: last, links: { self: `${config.publicUrl}/v1/drift` } },
    nowMs: nowMs(),
  });
  if (deliveries.length > 0) changed(services, "alert", id);
  await deliverNow(services, deliveries);
}

function titleOf({ at: when, side, from, to }: StreamChange): string {
  const moved = side === "up" ? "rose" : "fell";
  return `The scores of payments ${moved}: ${to.toFixed(3)} on average at ${when.slice(11, 16)} UTC, ${from.toFixed(3)} before.`;
}

function at(ms: number) {
  return sql`${new Date(ms).toISOString()}::timestamptz`;
}
