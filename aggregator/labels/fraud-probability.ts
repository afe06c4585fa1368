import { desc, sql } from "drizzle-orm";
import * as z from "zod";
import { fitFraudProbability, FraudProbability, fraudProbability } from "../../shared/fraud-probability.ts";
import { dateOf } from "../days/utc-days.ts";
import { queryRows, type Db } from "../store/db.ts";
import { fraudProbabilities } from "../store/schema.ts";

/** The newest that are learned from. */
const REVIEWS_MOST = 5_000;
/** What is kept of what was fitted before. */
const KEPT_DAYS = 400;

/**
 * Fits once a day how likely fraud is by the score, from the events that a person judged. What only a chargeback says is left out: it
 * comes of what nobody looked at, and no word says of all the rest that it was none.
 *
 * @returns how many reviews it was fitted from; null where it was fitted already, or there are none
 * @throws what the database throws
 */
export async function fitProbability({ db, nowMs }: { db: Db; nowMs(): number }): Promise<number | null> {
  const date = dateOf(nowMs());
  const latest = await readFitted(db);
  if (latest?.date === date) return null;
  const fitted = fitFraudProbability(await readReviews(db));
  if (fitted === null) return null;
  await db.execute(sql`
    WITH old AS (
      DELETE FROM fraud_probabilities WHERE date < ${date}::date - ${KEPT_DAYS}::integer
    )
    INSERT INTO fraud_probabilities (date, fitted, fitted_at)
    VALUES (${date}::date, ${JSON.stringify(fitted)}::jsonb, ${new Date(nowMs()).toISOString()}::timestamptz)
    ON CONFLICT DO NOTHING`);
  return fitted.reviews;
}

function readReviews(db: Db) {
  return queryRows(
    db,
    z.object({ score: z.number(), confirmed: z.boolean() }),
    sql`
      WITH judged AS (
        SELECT event_id, max(id) AS last FROM (
          SELECT event_id, id FROM event_labels WHERE key_id IS NOT NULL ORDER BY id DESC LIMIT ${2 * REVIEWS_MOST}
        ) AS newest
        GROUP BY 1
      )
      SELECT e.score::float8 AS score, l.label = 'fraud' AS confirmed
      FROM judged JOIN event_labels AS l ON l.id = judged.last JOIN events AS e ON e.id = judged.event_id
      WHERE l.label IS NOT NULL
      ORDER BY judged.last DESC
      LIMIT ${REVIEWS_MOST}`,
  );
}

async function readFitted(db: Db): Promise<{ date: string; fitted: FraudProbability } | null> {
  const [row] = await db.select().from(fraudProbabilities).orderBy(desc(fraudProbabilities.date)).limit(1);
  const fitted = FraudProbability.safeParse(row?.fitted).data;
  return row === undefined || fitted === undefined ? null : { date: row.date, fitted };
}

/** How likely fraud is at a score, by the last fit; null while there is none. */
export async function probabilityAt(db: Db, score: number): Promise<number | null> {
  const latest = await readFitted(db);
  return latest && Number(fraudProbability(latest.fitted, score).toFixed(4));
}
