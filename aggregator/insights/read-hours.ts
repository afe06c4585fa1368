import { sql } from "drizzle-orm";
import * as z from "zod";
import { queryRows, type Db } from "../store/db.ts";
import type { Dimension } from "../store/rollups.ts";
import type { Span } from "./window.ts";

const Row = z.object({
  n: z.number(),
  dimension: z.string(),
  member: z.string(),
  hour: z.number(),
  orders: z.number(),
  declines: z.number(),
});

const HOUR_MS = 60 * 60_000;

/** What of each hour of a window there was, and what is usual in it, of some members. */
export type Hours = (
  of: "orders" | "declines",
  member: { dimension: Dimension; member: string },
) => { now: number[]; usual: number[] };

/** @param occasions which the window is held against, with their weights; whole hours, as the window is */
export async function readHours(
  db: Db,
  members: readonly { dimension: Dimension; member: string }[],
  window: Span,
  occasions: readonly (Span & { weight: number })[],
): Promise<Hours> {
  const spans = [window, ...occasions].map(({ fromMs, untilMs }, n) => ({
    n,
    from_at: new Date(fromMs).toISOString(),
    until_at: new Date(untilMs).toISOString(),
  }));
  const rows = await queryRows(
    db,
    Row,
    sql`
      SELECT n, dimension, member, (extract(epoch FROM at - from_at) / 3600)::float8 AS hour, sum(orders)::float8 AS orders,
        sum(declines)::float8 AS declines
      FROM jsonb_to_recordset(${JSON.stringify(spans)}::jsonb) AS s (n integer, from_at timestamptz, until_at timestamptz)
      CROSS JOIN jsonb_to_recordset(${JSON.stringify(members)}::jsonb) AS m (dimension text, member text)
      JOIN rollups_1h AS r USING (dimension, member)
      WHERE at >= from_at AND at < until_at
      GROUP BY 1, 2, 3, 4`,
  );
  const weights = occasions.reduce((sum, { weight }) => sum + weight, 0);
  return (of, { dimension, member }) => {
    const count = (window.untilMs - window.fromMs) / HOUR_MS;
    const [now, usual] = [Array.from({ length: count }, () => 0), Array.from({ length: count }, () => 0)];
    for (const row of rows) {
      if (row.dimension !== dimension || row.member !== member) continue;
      const weight = occasions[row.n - 1]?.weight ?? 0;
      if (row.n === 0) now[row.hour] = row[of];
      else usual[row.hour] = (usual[row.hour] ?? 0) + (weight / weights) * row[of];
    }
    return { now, usual };
  };
}
