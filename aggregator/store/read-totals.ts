import { sql, type SQL } from "drizzle-orm";
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
  grain: Exclude<Grain, "1d">;
  /** Two times one after another, in whole multiples of the grain: before and current. */
  beforeMs: number;
  startMs: number;
  endMs: number;
  trustedOnly: boolean;
}

const HOUR_MS = 60 * 60 * 1000;

const sums = sql.raw(MEASURES.map((measure) => `'${measure}', sum(${measure})::text`).join(", "));

/** The sums over everything of two times, in no order. Of minutes only those are read that fill up no hour. */
export function readTotals(db: Db, query: TotalsQuery): Promise<Total[]> {
  return queryRows(
    db,
    Total,
    sql`
      SELECT at >= ${instant(query.startMs)} AS is_current, currency, jsonb_build_object(${sums}) AS sums
      FROM (${query.grain === "1h" ? between("1h", query.beforeMs, query.endMs) : sql.join(hoursAndEdges(query), sql` UNION ALL `)}) AS part
      WHERE true ${query.trustedOnly ? sql`AND trusted` : sql``}
      GROUP BY 1, 2`,
  );
}

/** The whole hours of each time, and the minutes at its two ends. */
function hoursAndEdges({ beforeMs, startMs, endMs }: TotalsQuery): SQL[] {
  return [
    [beforeMs, startMs],
    [startMs, endMs],
  ].flatMap(([fromMs = 0, untilMs = 0]) => {
    const firstMs = Math.min(Math.ceil(fromMs / HOUR_MS) * HOUR_MS, untilMs);
    const lastMs = Math.max(Math.floor(untilMs / HOUR_MS) * HOUR_MS, firstMs);
    return [between("1m", fromMs, firstMs), between("1h", firstMs, lastMs), between("1m", lastMs, untilMs)];
  });
}

function between(grain: Grain, fromMs: number, untilMs: number): SQL {
  return sql`SELECT * FROM ${sql.identifier(GRAINS[grain])}
    WHERE dimension = 'all' AND at >= ${instant(fromMs)} AND at < ${instant(untilMs)}`;
}

function instant(ms: number): SQL {
  return sql`${new Date(ms).toISOString()}::timestamptz`;
}
