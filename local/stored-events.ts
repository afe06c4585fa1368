/** What the demo asks Postgres about the events it sent. */
import type { LocalPostgres } from "./postgres.ts";

type Postgres = Pick<LocalPostgres, "query">;

/** How many events are stored whose id begins so. */
export async function countEvents({ query }: Postgres, idPrefix: string): Promise<number> {
  const [row] = await query<{ events: number }>(
    "SELECT count(*)::integer AS events FROM events WHERE starts_with(id, $1)",
    [idPrefix],
  );
  return row?.events ?? 0;
}

/** What became of an anomaly. */
export interface Alerted {
  /** Whether the alert rules have looked at it. */
  isRaised: boolean;
  /** The event that its alert was sent with; null when it is in none, or in a digest, which is sent an hour later. */
  toldWith: string | null;
}

/** What became of the anomalies whose event's id begins so, by that id. */
export async function alertsOf({ query }: Postgres, idPrefix: string): Promise<Map<string, Alerted>> {
  const rows = await query<{ id: string; unraised: boolean; told_with: string | null }>(
    `SELECT anomalies.event_id AS id, unraised, min(alerts.event_id) AS told_with
     FROM anomalies
     LEFT JOIN alert_anomalies ON anomaly_id = anomalies.id
     LEFT JOIN alerts ON alerts.id = alert_id AND NOT digest AND NOT silenced
     WHERE starts_with(anomalies.event_id, $1)
     GROUP BY anomalies.id`,
    [idPrefix],
  );
  return new Map(rows.map(({ id, unraised, told_with }) => [id, { isRaised: !unraised, toldWith: told_with }]));
}

/** When the edge received an event, Unix time; null when it is not stored. */
export async function receivedAtMs({ query }: Postgres, id: string): Promise<number | null> {
  const [row] = await query<{ ms: number }>(
    "SELECT (extract(epoch FROM received_at) * 1000)::float8 AS ms FROM events WHERE id = $1",
    [id],
  );
  return row?.ms ?? null;
}
