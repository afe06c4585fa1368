import { sql } from "drizzle-orm";
import * as z from "zod";
import { queryRows, type Db } from "../store/db.ts";
import { OTHER, type Dimension } from "../store/rollups.ts";
import { NO_SUMS, SUMMED, type Seen, type Sums } from "./sums.ts";
import { occasionPieces, piecesOf, type Baseline, type Span } from "./window.ts";

const DIMENSIONS = ["all", "country", "device", "category", "name"] as const satisfies Dimension[];

/** Members of a dimension that are told apart: those with the most events and orders, the rest is added up. */
const MEMBERS_MOST = 30;

const Answer = z.object({
  currency: z.string().nullable(),
  others: z.array(z.object({ currency: z.string(), orders: z.number() })),
  cells: z.array(
    z.object({ n: z.number(), dimension: z.enum(DIMENSIONS), member: z.string(), sums: z.array(z.number()) }),
  ),
});

/** Of all currencies but money, of which the columns keep their names. */
const RAW = [
  "events",
  "anomalies",
  "declines",
  "orders",
  "refunded_orders",
  "sessions",
  "quantity",
  "revenue",
] as const;
const rawColumns = sql.raw(RAW.map((measure) => `sum(${measure} * part)::float8 AS ${measure}`).join(", "));

const sumColumns = sql.raw(
  SUMMED.map((measure) => {
    if (measure === "revenue") return "coalesce(sum(revenue) FILTER (WHERE currency = main.code), 0)";
    if (measure === "priced") return "coalesce(sum(orders) FILTER (WHERE currency = main.code), 0)";
    return `sum(${measure})`;
  }).join(", "),
);

/** The sums of a window and of the occasions it is held against, in one statement over rollups alone. */
export async function readSums(
  db: Db,
  window: Span,
  { occasions }: Baseline,
  { trustedOnly }: { trustedOnly: boolean },
): Promise<Seen> {
  const pieces = [window, ...occasions].flatMap((span, n) =>
    (n === 0 ? piecesOf(span) : occasionPieces(span)).map(({ grain, fromMs, untilMs, part }) => ({
      n,
      grain,
      part,
      from_at: new Date(fromMs).toISOString(),
      until_at: new Date(untilMs).toISOString(),
    })),
  );
  const names = sql.raw(DIMENSIONS.map((name) => `'${name}'`).join(", "));
  const trusted = trustedOnly ? sql`AND trusted` : sql``;
  const [row] = await queryRows(
    db,
    z.object({ answer: Answer }),
    // A piece is looked up by dimension and time, which the key begins with.
    sql`
      WITH piece AS (
        SELECT * FROM jsonb_to_recordset(${JSON.stringify(pieces)}::jsonb) AS p (
          n integer, grain text, part float8, from_at timestamptz, until_at timestamptz
        )
      ), dim AS (
        SELECT unnest(ARRAY[${names}]) AS name
      ), raw AS MATERIALIZED (
        SELECT n, r.dimension, member, currency, ${rawColumns}
        FROM piece CROSS JOIN dim CROSS JOIN LATERAL (
          SELECT * FROM rollups_1m
          WHERE piece.grain = '1m' AND dimension = dim.name AND at >= piece.from_at AND at < piece.until_at ${trusted}
          UNION ALL
          SELECT * FROM rollups_1h
          WHERE piece.grain = '1h' AND dimension = dim.name AND at >= piece.from_at AND at < piece.until_at ${trusted}
          UNION ALL
          SELECT * FROM rollups_1d
          WHERE piece.grain = '1d' AND dimension = dim.name AND at >= piece.from_at AND at < piece.until_at ${trusted}
        ) AS r
        GROUP BY 1, 2, 3, 4
      ), main AS (
        SELECT (
          SELECT currency FROM raw WHERE dimension = 'all' AND currency <> ''
          GROUP BY currency HAVING sum(orders) > 0 ORDER BY sum(orders) DESC, currency LIMIT 1
        ) AS code
      ), placed AS (
        SELECT dimension, member, row_number() OVER (
          PARTITION BY dimension ORDER BY member = ${OTHER}, sum(events) + sum(orders) DESC, member
        ) AS place
        FROM raw GROUP BY dimension, member
      ), cell AS (
        SELECT n, dimension, CASE WHEN place > ${MEMBERS_MOST} THEN ${OTHER} ELSE member END AS member, ARRAY[${sumColumns}] AS sums
        FROM raw JOIN placed USING (dimension, member) CROSS JOIN main
        GROUP BY 1, 2, 3
      )
      SELECT jsonb_build_object(
        'currency', (SELECT code FROM main),
        'others', (
          SELECT coalesce(jsonb_agg(jsonb_build_object('currency', currency, 'orders', orders) ORDER BY orders DESC, currency), '[]')
          FROM (
            SELECT currency, sum(orders) AS orders FROM raw CROSS JOIN main
            WHERE n = 0 AND dimension = 'all' AND currency NOT IN ('', main.code)
            GROUP BY currency HAVING sum(orders) > 0
          ) AS other
        ),
        'cells', (
          SELECT coalesce(jsonb_agg(jsonb_build_object('n', n, 'dimension', dimension, 'member', member, 'sums', sums)), '[]')
          FROM cell
        )
      ) AS answer`,
  );
  if (row === undefined) throw new Error("a SELECT without FROM answered no row");
  const { currency, others, cells } = row.answer;
  const scopes = [...Map.groupBy(cells, ({ dimension, member }) => `${dimension} ${member}`).values()].flatMap(
    (own) => {
      const [first] = own;
      if (first === undefined) return [];
      const at = new Map(own.map(({ n, sums }) => [n, sumsOf(sums)]));
      const before = occasions.map((_, index) => at.get(index + 1) ?? NO_SUMS);
      return [{ dimension: first.dimension, member: first.member, now: at.get(0) ?? NO_SUMS, before }];
    },
  );
  return { currency, others, scopes };
}

/** In the order of `SUMMED`. */
function sumsOf(values: readonly number[]): Sums {
  const sums = { ...NO_SUMS };
  for (const [index, measure] of SUMMED.entries()) sums[measure] = values[index] ?? 0;
  return sums;
}
