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

/** When the edge received an event, Unix time; null when it is not stored. */
export async function receivedAtMs({ query }: Postgres, id: string): Promise<number | null> {
  const [row] = await query<{ ms: number }>(
    "SELECT (extract(epoch FROM received_at) * 1000)::float8 AS ms FROM events WHERE id = $1",
    [id],
  );
  return row?.ms ?? null;
}
