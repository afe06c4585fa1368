import { sql, type SQL } from "drizzle-orm";

/** The member of a dimension that holds what has no value for it. */
export const NOT_SET = "(not set)";
/** The member that holds those beyond the ones told apart. */
export const OTHER = "(other)";

/**
 * How many categories of one order are told apart, those with the most revenue; the rest is in `OTHER`. Each is a row to write in
 * every grain, so their number must not be the sender's choice.
 */
export const CATEGORIES_OF_ORDER = 20;

/** Buckets of any width begin at multiples of it from here on: a Monday in UTC, before any event. */
export const ORIGIN = "1900-01-01T00:00:00.000Z";

/** What an event is summed up in, of each dimension in one member; items alone by category. */
export type Dimension = "all" | "name" | "country" | "device" | "category";

/** How long the times are that sums are kept for, and the table of each: those of days would be lost among those of minutes. */
export const GRAINS = { "1m": "rollups_1m", "1h": "rollups_1h", "1d": "rollups_1d" } as const;
export type Grain = keyof typeof GRAINS;

/** What is summed up, by column; the migration says what each is. */
export const MEASURES = [
  "events",
  "anomalies",
  "declines",
  "orders",
  "revenue",
  "quantity",
  "refunded_orders",
  "refunded",
  "sessions",
  "converted",
] as const;
export type Measure = (typeof MEASURES)[number];

const columns = sql.raw(MEASURES.join(", "));
const sums = sql.raw(MEASURES.map((measure) => `sum(${measure}) AS ${measure}`).join(", "));
const additions = sql.raw(MEASURES.map((measure) => `${measure} = r.${measure} + excluded.${measure}`).join(", "));

/** Sums up what falls into the same bucket of time, each so wide. */
function sumUp(from: SQL, width: string): SQL {
  return sql`
    SELECT dimension, date_bin(${width}, at, ${ORIGIN}) AS at, member, trusted, currency, ${sums}
    FROM ${from}
    GROUP BY 1, 2, 3, 4, 5`;
}

/** Adds `more` to the sums of a grain, after those of another where its WITH name is given. */
function addTo(grain: Grain, more: SQL, after?: SQL): SQL {
  return sql`
    INSERT INTO ${sql.identifier(GRAINS[grain])} AS r (dimension, at, member, trusted, currency, ${columns})
    SELECT dimension, at, member, trusted, currency, ${columns}
    FROM ${more}
    ${after === undefined ? sql`` : sql`WHERE (SELECT count(*) FROM ${after}) >= 0`}
    ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (dimension, at, member, trusted, currency) DO UPDATE SET ${additions}
    RETURNING r.dimension`;
}

const notSet = sql.raw(`'${NOT_SET}'`);
const other = sql.raw(`'${OTHER}'`);
const categoriesOfOrder = sql.raw(String(CATEGORIES_OF_ORDER));

/** What is summed up of an event, out of its row `e`. `act` is what `actOf` in shared/observe.ts says of it, or that it is a refund. */
export const FACTS = sql`
  e.id, e.occurred_at, e.name, e.session_id, e.transaction_id, e.value, e.currency, e.anomaly, e.label,
  coalesce(e.country, ${notSet}) AS country,
  coalesce(e.signals ->> 'device_class', ${notSet}) AS device,
  coalesce((e.signals ->> 'bot')::boolean, false) OR coalesce(e.signals ->> 'device_class' = 'bot', false) AS bot,
  CASE e.name
    WHEN 'purchase' THEN CASE WHEN e.event #>> '{payment,outcome}' = 'declined' THEN 'decline' ELSE 'order' END
    WHEN 'payment_failed' THEN 'decline'
    WHEN 'refund' THEN 'refund'
    ELSE 'other'
  END AS act,
  CASE WHEN e.name = 'purchase' THEN e.event -> 'items' END AS items`;

/** Whether an event comes before all that a session has so far; of two at the same time the id decides, so that order of arrival does not. */
const isEarlier = sql`(excluded.started_at, excluded.first_event_id) < (s.started_at, s.first_event_id)`;

/**
 * The end of a WITH list, after `counted` and `BOOK`: brings events into the sessions and the rollups. `counted` has the FACTS of each
 * event, with `sign`, 1 for what holds and -1 for what no longer does. What an event was found to be goes before what it was scored:
 * fraud is never trusted, and what is legitimate is no anomaly, and trusted unless a bot sent it.
 *
 * Rows are locked in an order that all statements share, so that two that meet wait for one another and never deadlock: sessions
 * before rollups, and each by key. The sort that puts them in order has read all that comes before to its end. The rollups come
 * last, as everybody writes to those of the present minute: they are held until the statement ends.
 */
export const ROLL_UP = sql`
  acted AS (
    SELECT counted.*,
      NOT bot AND CASE label WHEN 'fraud' THEN false WHEN 'legitimate' THEN true ELSE NOT anomaly END AS trusted,
      anomaly AND label IS DISTINCT FROM 'legitimate' AS flagged,
      act = 'order' AND coalesce(booked.purchase_event_id = counted.id, false) AS ordered,
      act = 'refund' AND coalesce(booked.refund_event_id = counted.id, false) AS refunded_first
    FROM counted LEFT JOIN booked ON booked.id = counted.transaction_id
  ), met AS (
    INSERT INTO sessions AS s (id, started_at, first_event_id, country, device, orders, untrusted_events)
    SELECT DISTINCT ON (session_id) session_id, occurred_at, id, country, device,
      coalesce(sum(sign) FILTER (WHERE ordered) OVER session, 0),
      coalesce(sum(sign) FILTER (WHERE NOT trusted) OVER session, 0)
    FROM acted
    WHERE session_id IS NOT NULL
    WINDOW session AS (PARTITION BY session_id)
    ORDER BY session_id, occurred_at, id
    ON CONFLICT (id) DO UPDATE SET
      started_at = CASE WHEN ${isEarlier} THEN excluded.started_at ELSE s.started_at END,
      first_event_id = CASE WHEN ${isEarlier} THEN excluded.first_event_id ELSE s.first_event_id END,
      country = CASE WHEN ${isEarlier} THEN excluded.country ELSE s.country END,
      device = CASE WHEN ${isEarlier} THEN excluded.device ELSE s.device END,
      orders = s.orders + excluded.orders,
      untrusted_events = s.untrusted_events + excluded.untrusted_events,
      was_started_at = s.started_at,
      was_country = s.country,
      was_device = s.device,
      was_trusted = s.untrusted_events = 0,
      was_converted = s.orders > 0
    WHERE ${isEarlier} OR excluded.orders <> 0 OR excluded.untrusted_events <> 0
    RETURNING s.*, s.untrusted_events = 0 AS trusted, s.orders > 0 AS converted
  ), lines AS (
    SELECT acted.sign, acted.occurred_at, acted.trusted, acted.currency, line.*
    FROM acted CROSS JOIN LATERAL (
      SELECT CASE WHEN place > ${categoriesOfOrder} THEN ${other} ELSE category END AS category,
        sum(revenue) AS revenue, sum(quantity) AS quantity
      FROM (
        SELECT coalesce(item_category, ${notSet}) AS category,
          sum(coalesce(price * coalesce(quantity, 1), 0)) AS revenue,
          sum(coalesce(quantity, 1)) AS quantity,
          row_number() OVER (ORDER BY sum(coalesce(price * coalesce(quantity, 1), 0)) DESC, min(item_category)) AS place
        FROM jsonb_to_recordset(items) AS item (item_category text, price numeric, quantity bigint)
        GROUP BY 1
      ) AS placed
      GROUP BY 1
      LIMIT ${categoriesOfOrder} + 1 -- there are no more, but the planner takes them for a hundred
    ) AS line
    WHERE ordered
  ), contributions (at, trusted, currency, name, country, device, ${columns}) AS (
    SELECT occurred_at, trusted, CASE WHEN ordered OR act = 'refund' THEN coalesce(currency, '') ELSE '' END,
      name, country, device,
      sign, flagged::integer * sign, (act = 'decline')::integer * sign,
      ordered::integer * sign, CASE WHEN ordered THEN sign * coalesce(value, 0) ELSE 0 END, 0,
      refunded_first::integer * sign, CASE WHEN act = 'refund' THEN sign * coalesce(value, 0) ELSE 0 END,
      0, 0
    FROM acted
    UNION ALL
    SELECT side.at, side.trusted, '', NULL, side.country, side.device,
      0, 0, 0, 0, 0, 0, 0, 0, side.sign, side.converted::integer * side.sign
    FROM met CROSS JOIN LATERAL (VALUES
      (1, met.started_at, met.country, met.device, met.trusted, met.converted),
      (-1, met.was_started_at, met.was_country, met.was_device, met.was_trusted, met.was_converted)
    ) AS side (sign, at, country, device, trusted, converted)
    WHERE side.at IS NOT NULL AND (met.started_at, met.country, met.device, met.trusted, met.converted)
      IS DISTINCT FROM (met.was_started_at, met.was_country, met.was_device, met.was_trusted, met.was_converted)
  ), parts (dimension, at, member, trusted, currency, ${columns}) AS (
    SELECT dimension, at, member, trusted, currency, ${columns}
    FROM contributions CROSS JOIN LATERAL (VALUES
      ('all', ''), ('name', name), ('country', country), ('device', device)
    ) AS cut (dimension, member)
    WHERE member IS NOT NULL
    UNION ALL
    SELECT 'category', occurred_at, category, trusted, coalesce(currency, ''),
      0, 0, 0, sign, sign * revenue, sign * quantity, 0, 0, 0, 0
    FROM lines
  ), minutes AS (${sumUp(sql`parts`, "1 minute")}
  ), hours AS (${sumUp(sql`minutes`, "1 hour")}
  ), days AS (${sumUp(sql`hours`, "1 day")}
  ), rolled_minutes AS (${addTo("1m", sql`minutes`)}
  ), rolled_hours AS (${addTo("1h", sql`hours`, sql`rolled_minutes`)}
  ), rolled_days AS (${addTo("1d", sql`days`, sql`rolled_hours`)}
  )`;
