import { sql } from "drizzle-orm";
import * as z from "zod";
import { queryRows, type Db } from "../../aggregator/store/db.ts";
import { FACTS, ROLL_UP } from "../../aggregator/store/rollups.ts";
import { BOOK } from "../../aggregator/store/transactions.ts";
import { FEATURE_NAMES, FEATURE_SET } from "../../shared/features/features.ts";

/** Events of one statement: what it sorts stays in memory. */
const PORTION = 50_000;
/** Of a session, one after the other. */
const STEPS = 8;

/**
 * Fills the tables with a shop's 90 days, made by the server itself: sessions of eight steps, customers, devices and networks of which
 * few are seen often and most hardly ever, one event in 500 an anomaly. The sums are made by the very statements that make them when
 * events are stored.
 *
 * Indexes of `events` are built after the rows, so they are as tight as they ever are.
 */
export async function fill(db: Db, events: number, endMs: number): Promise<void> {
  const indexes = await takeIndexes(db);
  await db.execute(sql`SELECT setseed(0.5)`);
  for (let from = 0; from < events; from += PORTION)
    await insertEvents(db, from, Math.min(events, from + PORTION), endMs);
  for (const definition of indexes) await db.execute(sql.raw(definition));
  await insertAnomalies(db);
  await db.execute(sql`ANALYZE`);
  for (let from = 0; from < events; from += PORTION) await rollUp(db, from, Math.min(events, from + PORTION));
  await db.execute(sql`VACUUM ANALYZE`);
}

async function takeIndexes(db: Db): Promise<string[]> {
  const rows = await queryRows(
    db,
    z.object({ name: z.string(), definition: z.string() }),
    sql`
      SELECT indexname AS name, indexdef AS definition FROM pg_indexes
      WHERE schemaname = 'public' AND tablename = 'events' AND indexname <> 'events_pkey'`,
  );
  for (const { name } of rows) await db.execute(sql`DROP INDEX ${sql.identifier(name)}`);
  return rows.map(({ definition }) => definition);
}

/** Ids count up with the rows and say nothing of the time, as ids that senders make. */
const idOf = (n: string) => sql.raw(`'evt_' || lpad((${n})::text, 9, '0')`);

/** Of `most` one, the first ones far more often than the rest: Zipf's law with exponent 1. */
const zipf = (random: string, most: string) => `floor(exp(${random} * ln(${most})))::bigint`;

async function insertEvents(db: Db, from: number, until: number, endMs: number): Promise<void> {
  await db.execute(sql`
    WITH session AS (
      SELECT s, to_timestamp(${endMs / 1000}::float8) - interval '1 day' * (90 * random()) AS began,
        CASE WHEN random() < 0.35 THEN 'user-' || ${sql.raw(zipf("random()", "200000"))} END AS user_id,
        'client-' || ${sql.raw(zipf("random()", "400000"))} AS client_id,
        md5('ip' || ${sql.raw(zipf("random()", "100000"))}) AS ip,
        CASE WHEN random() < 0.0003 THEN 'IS' ELSE (ARRAY['DE','DE','DE','DE','DE','AT','CH','FR','NL','GB'])[1 + floor(random() * 10)::int] END AS country,
        (ARRAY['desktop','mobile','mobile','tablet'])[1 + floor(random() * 4)::int] AS device, random() AS mood
      FROM generate_series(${from}::bigint / ${STEPS}, (${until}::bigint - 1) / ${STEPS}) AS s
    ), step AS (
      SELECT s * ${STEPS} + at AS n, session.*, began + interval '37 seconds' * at AS happened,
        CASE
          WHEN at = 7 AND mood < 0.16 THEN CASE WHEN mood < 0.01 THEN 'payment_failed' ELSE 'purchase' END
          WHEN at = 6 AND mood < 0.16 THEN 'begin_checkout'
          WHEN at = 5 AND mood < 0.3 THEN 'add_to_cart'
          WHEN at = 0 AND mood BETWEEN 0.96 AND 0.97 THEN 'refund'
          WHEN at = 1 AND user_id IS NOT NULL AND mood < 0.5 THEN 'login'
          WHEN at % 2 = 0 THEN 'view_item' ELSE 'page_view'
        END AS name, random() AS luck
      FROM session CROSS JOIN generate_series(0, ${STEPS - 1}) AS at
    ), scored AS (
      SELECT *, luck < 0.002 AS odd, name IN ('purchase', 'refund', 'payment_failed') AS paid,
        CASE WHEN luck < 0.002 THEN 0.7 + luck * 145 ELSE power(luck, 3) * 0.65 END AS score,
        round((5 + 200 * power(random(), 4))::numeric, 2) AS value
      FROM step
    )
    INSERT INTO events (id, name, occurred_at, received_at, stored_at, timestamp_source, source, request_id, key_id, user_id, client_id, session_id,
      transaction_id, country, value, currency, score, anomaly, event, signals, feature_set, features, assessment, runtime, repeated, v)
    SELECT ${idOf("n")}, name, happened, happened + interval '80 ms', happened + interval '1 second', 'sender', 'secret', 'req_' || n, 'key_1',
      user_id, client_id, 'session-' || s, CASE WHEN paid THEN 'order-' || s END, country, CASE WHEN paid THEN value END,
      CASE WHEN paid THEN 'EUR' END, score, odd,
      jsonb_strip_nulls(jsonb_build_object(
        'id', ${idOf("n")}, 'name', name, 'timestamp', to_char(happened AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'user_id', user_id, 'client_id', client_id, 'session_id', 'session-' || s,
        'email_hash', CASE WHEN name = 'purchase' THEN md5('mail' || coalesce(user_id, client_id)) END,
        'transaction_id', CASE WHEN paid THEN 'order-' || s END, 'value', CASE WHEN paid THEN value END,
        'currency', CASE WHEN paid THEN 'EUR' END,
        'items', CASE WHEN name = 'purchase' THEN jsonb_build_array(jsonb_build_object('item_id', 'sku-' || (s % 500), 'item_name', 'A thing of the shop',
          'item_category', 'category-' || (s % 12), 'price', value, 'quantity', 1)) END,
        'payment', CASE WHEN paid THEN jsonb_build_object('method', 'card', 'card_fingerprint', md5('card' || client_id), 'card_country', country,
          'outcome', CASE WHEN name = 'payment_failed' THEN 'declined' ELSE 'authorized' END) END,
        'context', jsonb_build_object('page', jsonb_build_object('url', 'https://shop.example/things/' || (s % 500), 'title', 'A thing of the shop'),
          'locale', 'de-DE', 'screen', jsonb_build_object('width', 1440, 'height', 900))
      )),
      jsonb_build_object('country', country, 'city', 'Somewhere', 'timezone', 'Europe/Berlin', 'latitude', 52.5, 'longitude', 13.4, 'asn', 3320,
        'as_organization', 'A carrier', 'colo', 'TXL', 'ip_hash', ip, 'browser', 'Chrome', 'os', 'Windows', 'device_class', device, 'bot', false),
      ${FEATURE_SET}, ARRAY(SELECT (random() * 4)::real FROM generate_series(1, ${FEATURE_NAMES.length}) WHERE n IS NOT NULL),
      jsonb_build_object('score', round(score::numeric, 4), 'anomaly', odd, 'threshold', 0.7, 'confidence', 0.8,
        'reasons', CASE WHEN odd THEN jsonb_build_array(jsonb_build_object('code', (ARRAY['card_testing','velocity','unusual_amount','new_device'])[1 + n % 4],
          'detail', '14 orders with this card in 1 h; usual is 1', 'contribution', 0.6)) ELSE '[]' END,
        'signals', jsonb_build_object('model', 0.31, 'client_model', NULL, 'rules', 0), 'model', 'global@v0', 'client_model', NULL, 'calibration', 'global@v0',
        'degraded', '[]'::jsonb),
      'ort', false, 2
    FROM scored
    WHERE n >= ${from} AND n < ${until}`);
}

async function insertAnomalies(db: Db): Promise<void> {
  await db.execute(sql`
    INSERT INTO anomalies (id, event_id, status, created_at, updated_at, entity)
    SELECT 'ano_' || id, id, (ARRAY['open','open','open','open','confirmed','dismissed'])[1 + floor(random() * 6)::int], stored_at, stored_at,
      CASE WHEN user_id IS NULL THEN 'client:' || client_id ELSE 'customer:' || user_id END
    FROM events WHERE anomaly`);
  await db.execute(sql`
    UPDATE events AS e SET labelled_at = a.updated_at, label = CASE a.status WHEN 'confirmed' THEN 'fraud' ELSE 'legitimate' END,
      fraud_known_at = CASE a.status WHEN 'confirmed' THEN a.updated_at END
    FROM anomalies AS a WHERE a.event_id = e.id AND a.status <> 'open'`);
}

/** As `storeEvents` does it, of many at once. */
async function rollUp(db: Db, from: number, until: number): Promise<void> {
  await db.execute(sql`
    WITH counted AS (
      SELECT ${FACTS}, 1 AS sign FROM events AS e WHERE e.id >= ${idOf(String(from))} AND e.id < ${idOf(String(until))}
    ), ${BOOK}, ${ROLL_UP}
    SELECT count(*) FROM counted`);
}
