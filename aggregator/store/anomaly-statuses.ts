import { inArray } from "drizzle-orm";
import type { AnomalyStatus } from "./anomalies.ts";
import type { Db } from "./db.ts";
import { anomalies } from "./schema.ts";

/** Of the anomalies with these ids, as far as there are any, the event and what they are taken for. */
export async function readStatuses(
  db: Db,
  ids: readonly string[],
): Promise<Map<string, { eventId: string; status: AnomalyStatus }>> {
  const rows = await db
    .select({ id: anomalies.id, eventId: anomalies.eventId, status: anomalies.status })
    .from(anomalies)
    .where(inArray(anomalies.id, [...ids]));
  return new Map(rows.map(({ id, ...rest }) => [id, rest]));
}
