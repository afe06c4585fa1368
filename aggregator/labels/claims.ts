import { sql } from "drizzle-orm";
import * as z from "zod";
import { queryRows, type Db } from "../store/db.ts";
import { applyLabels, type NewLabel } from "./apply.ts";
import { shopWordOf } from "./shop-word.ts";

/**
 * Whether an event, by its row `e`, may say something of another's purchase. Only what the shop's own server sent: anybody can send what
 * a browser sends.
 */
export const MAY_CLAIM = sql`(
  e.source = 'secret' AND e.transaction_id IS NOT NULL AND (
    e.name IN ('chargeback', 'chargeback_reversed') OR (e.name = 'refund' AND e.event #>> '{properties,reason}' IS NOT NULL)
  ))`;

/** A CTE for the statement that stores events, after `fresh`, whose `may_claim` says `MAY_CLAIM`: notes those that it holds for. */
export const CLAIM = sql`
  claimed AS (
    INSERT INTO label_claims (event_id, transaction_id)
    SELECT id, transaction_id FROM fresh
    WHERE may_claim
    ORDER BY id
    ON CONFLICT DO NOTHING
  )`;

/** Claims of one portion. */
const AT_ONCE = 100;
/** One run ends well before the next minute's begins. */
const RUN_MS = 20_000;
/** A purchase that has not come by then, half a year and a bit after its chargeback, never will. */
const WAIT_DAYS = 200;

interface Placed {
  /** Chargebacks and refunds whose purchase was told. */
  placed: number;
  /** Those that say nothing, or have waited too long. */
  dropped: number;
}

/**
 * Tells purchases what chargebacks and refunds say of them: the work of the minute cron. What has no purchase yet waits for it, and is
 * looked at again after as long again as it has waited, at least a minute and at most a day. Any number may run at once.
 *
 * @throws what the database throws; what is left then the next run takes up
 */
export async function placeClaims({ db, nowMs }: { db: Db; nowMs(): number }): Promise<Placed> {
  const endMs = nowMs() + RUN_MS;
  const done: Placed = { placed: 0, dropped: 0 };
  for (let isMore = true; isMore && nowMs() < endMs;) {
    const claims = await dueClaims(db);
    const said = new Map<string, NewLabel[]>();
    const silent: string[] = [];
    for (const claim of claims) {
      const word = shopWordOf(claim.name, claim.reason, claim.at_ms);
      if (word === null) silent.push(claim.id);
      else if (claim.purchase_id !== null) {
        said.set(claim.purchase_id, [...(said.get(claim.purchase_id) ?? []), { ...word, causeEventId: claim.id }]);
      }
    }
    await applyLabels(db, said);
    await putOff(db, claims, silent);
    done.placed += claims.filter(({ id, purchase_id }) => purchase_id !== null && !silent.includes(id)).length;
    done.dropped += silent.length;
    isMore = claims.length === AT_ONCE;
  }
  return done;
}

const Claim = z.object({
  id: z.string(),
  name: z.string(),
  reason: z.unknown(),
  at_ms: z.number(),
  /** The purchase that counts of the transaction; null while there is none. */
  purchase_id: z.string().nullable(),
});
type Claim = z.infer<typeof Claim>;

function dueClaims(db: Db): Promise<Claim[]> {
  return queryRows(
    db,
    Claim,
    sql`
      SELECT c.event_id AS id, e.name, e.event #> '{properties,reason}' AS reason, t.purchase_event_id AS purchase_id,
        floor(extract(epoch FROM e.occurred_at) * 1000)::float8 AS at_ms
      FROM label_claims AS c
      JOIN events AS e ON e.id = c.event_id
      LEFT JOIN transactions AS t ON t.id = c.transaction_id
      WHERE c.due_at <= now()
      ORDER BY c.due_at, c.event_id
      LIMIT ${AT_ONCE}`,
  );
}

/** Lets what is still there wait, and gives up what says nothing or has waited too long. */
async function putOff(db: Db, claims: readonly Claim[], silent: readonly string[]): Promise<void> {
  const ids = JSON.stringify(claims.map(({ id }) => id));
  await db.execute(sql`
    WITH given_up AS (
      DELETE FROM label_claims
      WHERE event_id IN (SELECT jsonb_array_elements_text(${JSON.stringify(silent)}::jsonb))
        OR (event_id IN (SELECT jsonb_array_elements_text(${ids}::jsonb)) AND created_at < now() - make_interval(days => ${WAIT_DAYS}))
      RETURNING event_id
    )
    UPDATE label_claims
    SET due_at = now() + greatest(interval '1 minute', least(interval '1 day', now() - created_at))
    WHERE due_at <= now() AND event_id IN (SELECT jsonb_array_elements_text(${ids}::jsonb))
      AND event_id NOT IN (SELECT event_id FROM given_up)`);
}
