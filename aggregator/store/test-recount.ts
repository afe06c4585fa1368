import { sql, type SQL } from "drizzle-orm";
import * as z from "zod";
import { queryRows, type Db } from "./db.ts";

/** One line for everything an aggregate says, in order. */
async function lines(db: Db, query: SQL): Promise<string[]> {
  const rows = await queryRows(db, z.object({ line: z.string() }), query);
  return rows.map(({ line }) => line).toSorted();
}

/** What each aggregate says, and what it says when it is counted anew from the events: without a look at how it is kept. */
export async function recount(db: Db): Promise<Record<string, { kept: string[]; recounted: string[] }>> {
  const checks = {
    rollups: { kept: KEPT_ROLLUPS, recounted: RECOUNTED_ROLLUPS },
    sessions: { kept: KEPT_SESSIONS, recounted: RECOUNTED_SESSIONS },
    refunds: { kept: KEPT_REFUNDS, recounted: RECOUNTED_REFUNDS },
    transactions: { kept: KEPT_TRANSACTIONS, recounted: RECOUNTED_TRANSACTIONS },
  };
  const results: Record<string, { kept: string[]; recounted: string[] }> = {};
  for (const [name, { kept, recounted }] of Object.entries(checks)) {
    results[name] = { kept: await lines(db, kept), recounted: await lines(db, recounted) };
  }
  return results;
}

/** Which of several purchases counts is for the order of storing to say, so it is looked up; everything else is counted. */
const facts = sql`
  fact AS (
    SELECT e.id, e.name, e.occurred_at, e.session_id, e.event, e.value, e.currency,
      coalesce(e.country, '(not set)') AS country,
      coalesce(e.signals ->> 'device_class', '(not set)') AS device,
      e.anomaly AND e.label IS DISTINCT FROM 'legitimate' AS flagged,
      coalesce(e.label = 'legitimate', NOT e.anomaly) AND e.signals ->> 'bot' IS DISTINCT FROM 'true'
        AND e.signals ->> 'device_class' IS DISTINCT FROM 'bot' AS trusted,
      e.name = 'payment_failed'
        OR (e.name = 'purchase' AND e.event -> 'payment' ->> 'outcome' IS NOT DISTINCT FROM 'declined') AS declined,
      EXISTS (SELECT FROM transactions WHERE purchase_event_id = e.id) AS ordered,
      EXISTS (SELECT FROM transactions WHERE refund_event_id = e.id) AS refunded_first
    FROM events e
  ), session AS (
    SELECT earliest.session_id, earliest.id AS first_event_id, earliest.occurred_at, earliest.country, earliest.device,
      whole.trusted, whole.orders, whole.untrusted
    FROM (
      SELECT DISTINCT ON (session_id) * FROM fact WHERE session_id IS NOT NULL ORDER BY session_id, occurred_at, id
    ) AS earliest
    JOIN (
      SELECT session_id, bool_and(trusted) AS trusted, count(*) FILTER (WHERE ordered) AS orders,
        count(*) FILTER (WHERE NOT trusted) AS untrusted
      FROM fact GROUP BY 1
    ) AS whole USING (session_id)
  )`;

const KEPT_ROLLUPS = sql`
  SELECT format('%s %s %s %s %s [%s] %s: %s', grain, dimension, member, at AT TIME ZONE 'UTC', trusted, currency, measure,
    trim_scale(amount)) AS line
  FROM (
    SELECT '1m' AS grain, * FROM rollups_1m UNION ALL SELECT '1h', * FROM rollups_1h UNION ALL SELECT '1d', * FROM rollups_1d
  ) AS rollups CROSS JOIN LATERAL (VALUES
    ('events', events::numeric), ('anomalies', anomalies), ('declines', declines), ('orders', orders), ('revenue', revenue),
    ('quantity', quantity), ('refunded_orders', refunded_orders), ('refunded', refunded), ('sessions', sessions),
    ('converted', converted)
  ) AS sums (measure, amount)
  WHERE amount <> 0`;

const RECOUNTED_ROLLUPS = sql`
  WITH ${facts}, category AS (
    SELECT id, occurred_at, trusted, currency, item ->> 'item_category' AS category,
      sum(coalesce((item ->> 'quantity')::numeric, 1)) AS quantity,
      sum(coalesce((item ->> 'price')::numeric, 0) * coalesce((item ->> 'quantity')::numeric, 1)) AS revenue
    FROM fact CROSS JOIN LATERAL jsonb_array_elements(event -> 'items') AS item
    WHERE ordered
    GROUP BY 1, 2, 3, 4, 5
  ), shown AS (
    SELECT id, occurred_at, trusted, currency, quantity, revenue,
      CASE WHEN row_number() OVER (PARTITION BY id ORDER BY revenue DESC, category) > 20 THEN '(other)'
        ELSE coalesce(category, '(not set)') END AS category
    FROM category
  ), share AS (
    SELECT occurred_at AS at, dimension, member, trusted,
      CASE WHEN ordered OR name = 'refund' THEN currency ELSE '' END AS currency, measure, amount
    FROM fact
    CROSS JOIN LATERAL (VALUES ('all', ''), ('name', name), ('country', country), ('device', device)) AS cut (dimension, member)
    CROSS JOIN LATERAL (VALUES
      ('events', 1::numeric), ('anomalies', flagged::integer), ('declines', declined::integer), ('orders', ordered::integer),
      ('revenue', CASE WHEN ordered THEN value END), ('refunded_orders', refunded_first::integer),
      ('refunded', CASE WHEN name = 'refund' THEN value END)
    ) AS part (measure, amount)
    UNION ALL
    SELECT occurred_at, dimension, member, trusted, '', measure, amount
    FROM session
    CROSS JOIN LATERAL (VALUES ('all', ''), ('country', country), ('device', device)) AS cut (dimension, member)
    CROSS JOIN LATERAL (VALUES ('sessions', 1::numeric), ('converted', (orders > 0)::integer)) AS part (measure, amount)
    UNION ALL
    SELECT occurred_at, 'category', category, trusted, currency, measure, amount
    FROM (
      SELECT id, occurred_at, trusted, currency, category, sum(quantity) AS quantity, sum(revenue) AS revenue
      FROM shown GROUP BY 1, 2, 3, 4, 5
    ) AS line
    CROSS JOIN LATERAL (VALUES ('orders', 1::numeric), ('quantity', quantity), ('revenue', revenue)) AS part (measure, amount)
  )
  SELECT format('%s %s %s %s %s [%s] %s: %s', grain, dimension, member, date_trunc(unit, at AT TIME ZONE 'UTC'), trusted, currency,
    measure, trim_scale(sum(amount))) AS line
  FROM share CROSS JOIN (VALUES ('1m', 'minute'), ('1h', 'hour'), ('1d', 'day')) AS grains (grain, unit)
  GROUP BY grain, dimension, member, date_trunc(unit, at AT TIME ZONE 'UTC'), trusted, currency, measure
  HAVING sum(amount) <> 0`;

const KEPT_SESSIONS = sql`
  SELECT format('%s %s %s %s %s: %s orders, %s untrusted', id, started_at AT TIME ZONE 'UTC', first_event_id, country, device,
    orders, untrusted_events) AS line
  FROM sessions`;

const RECOUNTED_SESSIONS = sql`
  WITH ${facts}
  SELECT format('%s %s %s %s %s: %s orders, %s untrusted', session_id, occurred_at AT TIME ZONE 'UTC', first_event_id, country,
    device, orders, untrusted) AS line
  FROM session`;

const KEPT_REFUNDS = sql`
  SELECT format('%s [%s] %s: %s from %s to %s', transaction_id, currency, refunds, trim_scale(refunded), first_at AT TIME ZONE 'UTC',
    last_at AT TIME ZONE 'UTC') AS line
  FROM transaction_refunds`;

const RECOUNTED_REFUNDS = sql`
  SELECT format('%s [%s] %s: %s from %s to %s', transaction_id, currency, count(*), trim_scale(sum(value)),
    min(occurred_at) AT TIME ZONE 'UTC', max(occurred_at) AT TIME ZONE 'UTC') AS line
  FROM events WHERE name = 'refund' GROUP BY transaction_id, currency`;

/** Of each transaction whether what counts of it is one of those that can. */
const KEPT_TRANSACTIONS = sql`
  SELECT format('%s purchased %s refunded %s', t.id, purchase.transaction_id = t.id, refund.transaction_id = t.id) AS line
  FROM transactions AS t
  LEFT JOIN events AS purchase ON purchase.id = t.purchase_event_id AND purchase.name = 'purchase'
    AND purchase.event #>> '{payment,outcome}' IS DISTINCT FROM 'declined'
  LEFT JOIN events AS refund ON refund.id = t.refund_event_id AND refund.name = 'refund'`;

const RECOUNTED_TRANSACTIONS = sql`
  SELECT format('%s purchased %s refunded %s', transaction_id, bool_or(name = 'purchase' OR NULL), bool_or(name = 'refund' OR NULL)) AS line
  FROM events
  WHERE name = 'refund' OR (name = 'purchase' AND event #>> '{payment,outcome}' IS DISTINCT FROM 'declined')
  GROUP BY transaction_id`;
