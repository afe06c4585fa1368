import { sql } from "drizzle-orm";
import * as z from "zod";
import { FEATURE_SET, FEATURES } from "../../shared/features/features.ts";
import { instant } from "../alert/raise.ts";
import { queryRows, type Db } from "../store/db.ts";
import { before, microseconds, type Position } from "../store/paging.ts";
import { events } from "../store/schema.ts";
import type { LearningRow } from "./row.ts";
import type { ByKind, Window } from "./window.ts";

/** The names whose events are payment attempts. */
export const PAYMENT_NAMES = ["purchase", "payment_failed"] as const;

/** With 47 features, a page is some 700 KB on its way. */
const ROWS_OF_PAGE = 1_000;

const Row = z.object({
  id: z.string(),
  at: z.string(),
  at_ms: z.number(),
  is_payment: z.boolean(),
  features: z.array(z.number()).length(FEATURES.length),
  rules: z.record(z.string(), z.number()),
  label: z.enum(["fraud", "legitimate"]).nullable(),
  draw: z.number(),
  value: z.number().nullable(),
  currency: z.string().nullable(),
});
type Row = z.infer<typeof Row>;

/** What of the events is read. */
export interface Reading extends Window {
  /** What was labelled later is not known yet. */
  asOfMs: number;
  shares: ByKind;
}

/**
 * The events of a window that were scored by the present feature table: of each kind an even sample, chosen by the hash of the id and so
 * the same whenever it is read, and beside it what is labelled. Newest first, a page at a time.
 *
 * @throws what the driver throws
 */
export async function* readRows(db: Db, reading: Reading): AsyncGenerator<LearningRow[], void, undefined> {
  let after: Position | null = null;
  for (;;) {
    const rows: Row[] = await readPageAfter(db, reading, after);
    yield rows.map((row) => learningRow(row, reading.shares));
    const last = rows.at(-1);
    if (last === undefined || rows.length < ROWS_OF_PAGE) return;
    after = { at: last.at, id: last.id };
  }
}

async function readPageAfter(
  db: Db,
  { fromMs, endMs, asOfMs, shares }: Reading,
  after: Position | null,
): Promise<Row[]> {
  const names = JSON.stringify(PAYMENT_NAMES);
  return queryRows(
    db,
    Row,
    sql`
      SELECT id, at, at_ms, is_payment, features, rules, label, draw, value, currency
      FROM (
        SELECT id, occurred_at, ${microseconds(events.occurredAt)} AS at,
          (extract(epoch FROM occurred_at) * 1000)::double precision AS at_ms,
          ${names}::jsonb ? name AS is_payment,
          to_jsonb(features) AS features, rules,
          CASE WHEN labelled_at <= ${instant(asOfMs)} THEN label END AS label,
          (('x' || left(md5(id), 8))::bit(32)::bigint / 4294967296.0)::double precision AS draw,
          value::double precision AS value, currency
        FROM events
        WHERE occurred_at >= ${instant(fromMs)} AND occurred_at < ${instant(endMs)} AND feature_set = ${FEATURE_SET}
          AND ${before(events.occurredAt, events.id, after) ?? sql`true`}
      ) AS drawn
      WHERE draw < CASE WHEN is_payment THEN ${shares.payments}::double precision ELSE ${shares.others} END
        OR (label IS NOT NULL AND draw < ${shares.labelled})
      ORDER BY occurred_at DESC, id DESC
      LIMIT ${ROWS_OF_PAGE}`,
  );
}

function learningRow(row: Row, shares: ByKind): LearningRow {
  const share = row.is_payment ? shares.payments : shares.others;
  const readShare = row.label === null ? share : Math.max(share, shares.labelled);
  return {
    id: row.id,
    atMs: row.at_ms,
    isPayment: row.is_payment,
    vector: Float32Array.from(row.features),
    rules: row.rules,
    label: row.label,
    draw: row.draw < share ? row.draw / share : null,
    weight: 1 / readShare,
    value: row.value,
    currency: row.currency,
  };
}

const Counted = z.object({ payments: z.number(), others: z.number(), labelled: z.number() });

/** How many events a window has by the rollups, which count what is stored as it is stored, and how many of them are labelled. */
export async function countRows(db: Db, { fromMs, endMs }: Window, asOfMs: number): Promise<ByKind> {
  const names = JSON.stringify(PAYMENT_NAMES);
  const [counted] = await queryRows(
    db,
    Counted,
    sql`
      WITH counted AS (
        SELECT
          coalesce(sum(events) FILTER (WHERE dimension = 'name' AND ${names}::jsonb ? member), 0)::double precision AS payments,
          coalesce(sum(events) FILTER (WHERE dimension = 'all'), 0)::double precision AS everything
        FROM rollups_1d
        WHERE dimension IN ('all', 'name') AND at >= ${instant(fromMs)} AND at < ${instant(endMs)}
      )
      SELECT payments, everything - payments AS others, (
        SELECT count(*)::double precision FROM events
        WHERE label IS NOT NULL AND labelled_at <= ${instant(asOfMs)}
          AND occurred_at >= ${instant(fromMs)} AND occurred_at < ${instant(endMs)}
      ) AS labelled
      FROM counted`,
  );
  return counted ?? { payments: 0, others: 0, labelled: 0 };
}

/** The threshold that the newest event of a window was held against; null without any. */
export async function thresholdAt(db: Db, { fromMs, endMs }: Window): Promise<number | null> {
  const [newest] = await queryRows(
    db,
    z.object({ threshold: z.number() }),
    sql`
      SELECT (assessment ->> 'threshold')::double precision AS threshold FROM events
      WHERE occurred_at >= ${instant(fromMs)} AND occurred_at < ${instant(endMs)}
      ORDER BY occurred_at DESC, id DESC LIMIT 1`,
  );
  return newest?.threshold ?? null;
}
