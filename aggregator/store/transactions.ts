import { sql } from "drizzle-orm";
import * as z from "zod";
import { queryRows, type Db } from "./db.ts";

/**
 * Part of a WITH list, after `counted` and before `ROLL_UP`, which says what `counted` is: brings purchases and refunds into the
 * transactions they name, and gives these as `booked`. The first stored counts, and of several in one statement the earliest.
 *
 * What was brought in before is left as it is, and given all the same: an INSERT that meets a row sees what others have just
 * committed, which a SELECT does not. Refunds are locked before transactions, each by key, as in all statements.
 */
export const BOOK = sql`
  returned AS (
    INSERT INTO transaction_refunds AS r (transaction_id, currency, refunds, refunded, first_at, last_at)
    SELECT transaction_id, currency, sum(sign), sum(sign * value), min(occurred_at), max(occurred_at)
    FROM counted
    WHERE act = 'refund' AND transaction_id IS NOT NULL AND currency IS NOT NULL AND value IS NOT NULL
    GROUP BY 1, 2
    ORDER BY 1, 2
    ON CONFLICT (transaction_id, currency) DO UPDATE SET
      refunds = r.refunds + excluded.refunds,
      refunded = r.refunded + excluded.refunded,
      first_at = least(r.first_at, excluded.first_at),
      last_at = greatest(r.last_at, excluded.last_at)
    RETURNING transaction_id
  ), booked AS (
    INSERT INTO transactions AS t (id, purchase_event_id, refund_event_id)
    SELECT transaction_id,
      (array_agg(id ORDER BY occurred_at, id) FILTER (WHERE act = 'order'))[1],
      (array_agg(id ORDER BY occurred_at, id) FILTER (WHERE act = 'refund'))[1]
    FROM counted
    WHERE act IN ('order', 'refund') AND transaction_id IS NOT NULL AND (SELECT count(*) FROM returned) >= 0
    GROUP BY 1
    ORDER BY 1
    ON CONFLICT (id) DO UPDATE SET
      purchase_event_id = coalesce(t.purchase_event_id, excluded.purchase_event_id),
      refund_event_id = coalesce(t.refund_event_id, excluded.refund_event_id)
    RETURNING t.*
  )`;

const Transaction = z.object({
  id: z.string(),
  /** The purchase that counts, or null while there is none. */
  purchase_event_id: z.string().nullable(),
  refunds: z.array(
    z.object({
      currency: z.string(),
      count: z.int(),
      /** Major units. */
      amount: z.number(),
      first_at: z.coerce.date(),
      last_at: z.coerce.date(),
    }),
  ),
});
export type Transaction = z.infer<typeof Transaction>;

/** The transaction an event names, with what was refunded of it, or null when it names none or is not there. */
export async function transactionOf(db: Db, eventId: string): Promise<Transaction | null> {
  const [row] = await queryRows(
    db,
    Transaction,
    sql`
      SELECT e.transaction_id AS id, t.purchase_event_id, (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
          'currency', currency, 'count', refunds, 'amount', refunded, 'first_at', first_at, 'last_at', last_at
        ) ORDER BY currency), '[]')
        FROM transaction_refunds WHERE transaction_id = e.transaction_id
      ) AS refunds
      FROM events AS e LEFT JOIN transactions AS t ON t.id = e.transaction_id
      WHERE e.id = ${eventId} AND e.transaction_id IS NOT NULL`,
  );
  return row ?? null;
}
