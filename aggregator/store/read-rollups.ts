import { sql, type SQL } from "drizzle-orm";
import * as z from "zod";
import { queryRows, type Db } from "./db.ts";
import { GRAINS, ORIGIN, OTHER, type Dimension, type Grain, type Measure } from "./rollups.ts";

export interface RollupQuery {
  grain: Grain;
  /** Of the buckets asked for; a multiple of the grain. */
  widthMs: number;
  startMs: number;
  endMs: number;
  dimension: Dimension;
  trustedOnly: boolean;
  /** Apart by currency, as amounts must be, or added up over all. */
  byCurrency: boolean;
  value: Measure;
  /** What the value is a share of, added up; nothing for a plain sum. */
  per: readonly Measure[];
}

const Cell = z.object({
  at_ms: z.number(),
  member: z.string(),
  /** 1 for the member with the largest sum; beyond `MEMBERS_APART` all are one. */
  place: z.coerce.number(),
  currency: z.string(),
  /** Exact, as a decimal. */
  value: z.string(),
  per: z.string(),
});
export type Cell = z.infer<typeof Cell>;

/** Members of a dimension that are told apart; the rest is added up. */
export const MEMBERS_APART = 10;

/**
 * Sums of the rollups by bucket and member; those that are nothing throughout are left out. The members with the largest sums in the
 * window are told apart, by currency where amounts are; the rest is `OTHER`.
 *
 * @param rowsMost more are not read
 * @returns in no order
 */
export async function readRollups(db: Db, query: RollupQuery, rowsMost: number): Promise<Cell[]> {
  const { grain, widthMs, startMs, endMs, dimension, trustedOnly, byCurrency, value, per } = query;
  return queryRows(
    db,
    Cell,
    sql`
      WITH cell AS (
        SELECT date_bin(make_interval(secs => ${widthMs / 1000}), at, ${ORIGIN}) AS bucket, member,
          ${byCurrency ? sql`currency` : sql`''`} AS currency, ${sumOf(value)} AS value,
          ${per.length === 0 ? sql`0` : sql.join(per.map(sumOf), sql` + `)} AS per
        FROM ${sql.identifier(GRAINS[grain])}
        WHERE dimension = ${dimension} AND at >= ${instant(startMs)} AND at < ${instant(endMs)}
          ${trustedOnly ? sql`AND trusted` : sql``} ${byCurrency ? sql`AND currency <> ''` : sql``}
        GROUP BY 1, 2, 3
      ), ranked AS (
        SELECT member, currency, least(${MEMBERS_APART + 1}, row_number() OVER (
          PARTITION BY currency ORDER BY member = ${OTHER}, ${per.length === 0 ? sql`sum(value)` : sql`sum(per)`} DESC, member
        )) AS place
        FROM cell
        GROUP BY member, currency
        HAVING sum(value) <> 0 OR sum(per) <> 0
      )
      SELECT extract(epoch FROM bucket)::float8 * 1000 AS at_ms, place, currency,
        CASE WHEN place > ${MEMBERS_APART} THEN ${OTHER} ELSE member END AS member,
        sum(value)::text AS value, sum(per)::text AS per
      FROM cell JOIN ranked USING (member, currency)
      GROUP BY bucket, 2, 3, 4
      LIMIT ${rowsMost}`,
  );
}

function sumOf(measure: Measure): SQL {
  return sql`sum(${sql.identifier(measure)})`;
}

function instant(ms: number): SQL {
  return sql`to_timestamp(${ms / 1000}::float8)`;
}
