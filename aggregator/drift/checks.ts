import { desc, lt, sql } from "drizzle-orm";
import * as z from "zod";
import { queryRows, type Db } from "../store/db.ts";
import { driftChecks } from "../store/schema.ts";
import type { DriftLevel } from "./levels.ts";
import type { DriftReport } from "./report.ts";

export interface DriftCheck {
  date: string;
  /** Null where there was too little to say anything. */
  level: DriftLevel | null;
  /** Whether that day alone called for action. */
  actMet: boolean;
  /** First day of the episode it is in; null for a day in none. */
  since: string | null;
  report: DriftReport;
  checkedAt: Date;
}

/** Checks, newest first. @param before only of days before that one */
export function listChecks(db: Db, { limit, before }: { limit: number; before?: string }): Promise<DriftCheck[]> {
  return db
    .select()
    .from(driftChecks)
    .where(before === undefined ? undefined : lt(driftChecks.date, before))
    .orderBy(desc(driftChecks.date))
    .limit(limit);
}

/** @returns whether it was written: each day is checked once */
export async function insertCheck(db: Db, check: DriftCheck): Promise<boolean> {
  const written = await queryRows(
    db,
    z.object({ date: z.string() }),
    sql`
      INSERT INTO drift_checks (date, level, act_met, since, report, checked_at)
      VALUES (${check.date}::date, ${check.level}, ${check.actMet}, ${check.since}::date, ${JSON.stringify(check.report)}::jsonb,
        ${check.checkedAt.toISOString()}::timestamptz)
      ON CONFLICT DO NOTHING
      RETURNING date::text`,
  );
  return written.length > 0;
}
