import { eq, sql } from "drizzle-orm";
import * as z from "zod";
import { BudgetState, newBudgetState } from "../../shared/alert-budget.ts";
import { queryRows, type Db } from "../store/db.ts";
import { alertBudgets } from "../store/schema.ts";
import type { BudgetKind } from "./wish.ts";

export interface KeptBudget {
  state: BudgetState;
  /** Null before the first was written. */
  revision: number | null;
}

/** What was learned so far. What cannot be read, being of another version, begins anew. */
export async function readBudget(db: Db, kind: BudgetKind): Promise<KeptBudget> {
  const [row] = await db.select().from(alertBudgets).where(eq(alertBudgets.kind, kind));
  if (row === undefined) return { state: newBudgetState(), revision: null };
  return { state: BudgetState.safeParse(row.state).data ?? newBudgetState(), revision: row.revision };
}

/** @returns whether it was written: not when another was since this one was read */
export async function writeBudget(db: Db, kind: BudgetKind, { state, revision }: KeptBudget): Promise<boolean> {
  const written = await queryRows(
    db,
    z.object({ kind: z.string() }),
    sql`
      INSERT INTO alert_budgets AS b (kind, state, revision) VALUES (${kind}, ${JSON.stringify(state)}::jsonb, 1)
      ON CONFLICT (kind) DO UPDATE SET state = excluded.state, revision = b.revision + 1
      WHERE b.revision = ${revision}::bigint
      RETURNING kind`,
  );
  return written.length > 0;
}
