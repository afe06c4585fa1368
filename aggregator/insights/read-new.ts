import { sql } from "drizzle-orm";
import * as z from "zod";
import { queryRows, type Db } from "../store/db.ts";
import type { Dimension } from "../store/rollups.ts";
import type { Span } from "./window.ts";

const DAY_MS = 24 * 60 * 60_000;

/** How far back a member is looked for before it is called new. */
export const LOOKED_BACK_MS = 90 * DAY_MS;

/** Of some members, those of which there was nothing before the window. */
export async function readNew<Member extends { dimension: Dimension; member: string }>(
  db: Db,
  members: readonly Member[],
  { fromMs }: Span,
): Promise<Member[]> {
  if (members.length === 0) return [];
  const names = members.map(({ dimension, member }) => ({ dimension, member }));
  // Of the first day, what came before the window is in the sums of hours.
  const midnightMs = Math.floor(fromMs / DAY_MS) * DAY_MS;
  const at = (ms: number) => sql`${new Date(ms).toISOString()}::timestamptz`;
  const known = await queryRows(
    db,
    z.object({ dimension: z.string(), member: z.string() }),
    sql`
      WITH m AS (
        SELECT * FROM jsonb_to_recordset(${JSON.stringify(names)}::jsonb) AS m (dimension text, member text)
      )
      SELECT DISTINCT dimension, member FROM m JOIN rollups_1d AS r USING (dimension, member)
      WHERE at >= ${at(midnightMs - LOOKED_BACK_MS)} AND at < ${at(midnightMs)}
      UNION
      SELECT DISTINCT dimension, member FROM m JOIN rollups_1h AS r USING (dimension, member)
      WHERE at >= ${at(midnightMs)} AND at < ${at(fromMs)}`,
  );
  return members.filter((own) => !known.some((row) => row.dimension === own.dimension && row.member === own.member));
}
