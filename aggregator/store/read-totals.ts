import { sql } from "drizzle-orm";
import * as z from "zod";
import { queryRows, type Db } from "./db.ts";
import { GRAINS, MEASURES, type Grain } from "./rollups.ts";

/** What of everything is summed up in one currency, and '' for what has none, of one of two times. */
const Total = z.object({
  is_current: z.boolean(),
  currency: z.string(),
  /** Exact, as decimals. */
  sums: z.record(z.enum(MEASURES), z.string()),
});
export type Total = z.infer<typeof Total>;

interface TotalsQuery {
  grain: Grain;
  /** Two times one after another, in whole multiples of the grain: before and current. */
  beforeMs: number;
  startMs: number;
  endMs: number;
  trustedOnly: boolean;
}

const sums = sql.raw(MEASURES.map((measure) => `'${measure}', sum(${measure})::text`).join(", "));

/** The sums over everything of two times, in no order. */
export function readTotals(db: Db, { grain, beforeMs, startMs, endMs, trustedOnly }: TotalsQuery): Promise<Total[]> {
  const instant = (ms: number) => sql`${new Date(ms).toISOString()}::timestamptz`;
  return queryRows(
    db,
    Total,
    sql`
      SELECT at >= ${instant(startMs)} AS is_current, currency, jsonb_build_object(${sums}) AS sums
      FROM ${sql.identifier(GRAINS[grain])}
      WHERE dimension = 'all' AND at >= ${instant(beforeMs)} AND at < ${instant(endMs)}
        ${trustedOnly ? sql`AND trusted` : sql``}
      GROUP BY 1, 2`,
  );
}
