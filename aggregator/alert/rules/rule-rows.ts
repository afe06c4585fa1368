import { sql, type SQL } from "drizzle-orm";
import * as z from "zod";
import { queryRows, type Db } from "../../store/db.ts";
import { pageOf, type Page, type PageRequest } from "../../store/paging.ts";
import { instant } from "../raise.ts";
import { Conditions, GroupBy, type NewRule, type RuleChange } from "./rule.ts";

/** A rule as its row, and as the audit log keeps it. */
export const RuleRow = z.object({
  id: z.string(),
  version: z.int(),
  name: z.string(),
  enabled: z.boolean(),
  conditions: Conditions,
  group_by: GroupBy,
  group_seconds: z.int(),
  cool_down_seconds: z.int(),
  alerts_per_hour: z.int(),
  webhook_ids: z.array(z.string()).nullable(),
  silenced_until: z.coerce.date().nullable(),
  created_at: z.coerce.date(),
  created_by: z.string(),
  updated_at: z.coerce.date(),
  updated_by: z.string(),
});
export type RuleRow = z.output<typeof RuleRow>;

const Ruled = z.object({ rule: RuleRow });

/** Who does something, and when. */
interface By {
  keyId: string;
  nowMs: number;
}

const SUBJECT = "alert_rule";

/** Adds a rule, and says so in the audit log. */
export async function insertRule(db: Db, id: string, rule: NewRule, { keyId, nowMs }: By): Promise<RuleRow> {
  const now = instant(nowMs);
  const [made] = await queryRows(
    db,
    Ruled,
    sql`
      WITH made AS (
        INSERT INTO alert_rules (
          id, name, enabled, conditions, group_by, group_seconds, cool_down_seconds, alerts_per_hour, webhook_ids,
          created_at, created_by, updated_at, updated_by
        )
        VALUES (
          ${id}, ${rule.name}, ${rule.enabled}, ${JSON.stringify(rule.conditions)}::jsonb, ${rule.group_by}, ${rule.group_seconds},
          ${rule.cool_down_seconds}, ${rule.alerts_per_hour}, ${textArray(rule.webhook_ids)}, ${now}, ${keyId}, ${now}, ${keyId}
        )
        RETURNING *
      ), noted AS (
        INSERT INTO audit_log (at, key_id, action, subject_kind, subject_id, after)
        SELECT ${now}, ${keyId}, 'created', ${SUBJECT}, made.id, to_jsonb(made) FROM made
      )
      SELECT to_jsonb(made) AS rule FROM made`,
  );
  if (made === undefined) throw new Error("an INSERT answered no row");
  return made.rule;
}

/** Rules that are not deleted, newest first. */
export async function listRules(db: Db, { limit, after }: PageRequest): Promise<Page<RuleRow & { at: string }>> {
  const rows = await queryRows(
    db,
    Ruled.extend({ at: z.string() }),
    sql`
      SELECT to_jsonb(r) AS rule, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at
      FROM alert_rules AS r
      WHERE deleted_at IS NULL
        ${after === null ? sql`` : sql`AND (created_at, id) < (${after.at}::timestamptz, ${after.id})`}
      ORDER BY created_at DESC, id DESC
      LIMIT ${limit + 1}`,
  );
  return pageOf(
    rows.map(({ rule, at }) => ({ ...rule, at })),
    limit,
  );
}

export async function findRule(db: Db, id: string): Promise<RuleRow | null> {
  const [row] = await queryRows(
    db,
    Ruled,
    sql`SELECT to_jsonb(r) AS rule FROM alert_rules AS r WHERE id = ${id} AND deleted_at IS NULL`,
  );
  return row?.rule ?? null;
}

/** Changes what is given, at least one field. @returns the rule as it is now, or null when there is none */
export async function changeRule(db: Db, id: string, change: RuleChange, by: By): Promise<RuleRow | null> {
  const { conditions, webhook_ids, ...plain } = change;
  const sets: SQL[] = Object.entries(plain).map(([column, value]) => sql`${sql.identifier(column)} = ${value}`);
  if (conditions !== undefined) sets.push(sql`conditions = ${JSON.stringify(conditions)}::jsonb`);
  if (webhook_ids !== undefined) sets.push(sql`webhook_ids = ${textArray(webhook_ids)}`);
  return updateRule(db, id, "changed", sets, by);
}

/** Silences a rule until then, or ends its silence. @returns the rule as it is now, or null when there is none */
export async function silenceRule(db: Db, id: string, untilMs: number | null, by: By): Promise<RuleRow | null> {
  return updateRule(db, id, "silenced", [sql`silenced_until = ${untilMs === null ? null : instant(untilMs)}`], by);
}

/** Ends a rule. What it raised stays on record, and a digest it has begun is sent. @returns whether there was one */
export async function deleteRule(db: Db, id: string, by: By): Promise<boolean> {
  return (await updateRule(db, id, "deleted", [sql`deleted_at = ${instant(by.nowMs)}`], by)) !== null;
}

/** The rule's row is locked before it is read, so that of changes made at once each is a version of its own. */
async function updateRule(
  db: Db,
  id: string,
  action: "changed" | "silenced" | "deleted",
  sets: SQL[],
  { keyId, nowMs }: By,
): Promise<RuleRow | null> {
  const now = instant(nowMs);
  const [row] = await queryRows(
    db,
    Ruled,
    sql`
      WITH before AS (
        SELECT * FROM alert_rules WHERE id = ${id} AND deleted_at IS NULL FOR NO KEY UPDATE
      ), changed AS (
        UPDATE alert_rules AS r SET ${sql.join(sets, sql`, `)}, version = r.version + 1, updated_at = ${now}, updated_by = ${keyId}
        FROM before WHERE r.id = before.id
        RETURNING r.*
      ), noted AS (
        INSERT INTO audit_log (at, key_id, action, subject_kind, subject_id, before, after)
        SELECT ${now}, ${keyId}, ${action}, ${SUBJECT}, changed.id, to_jsonb(before),
          CASE WHEN changed.deleted_at IS NULL THEN to_jsonb(changed) END
        FROM before JOIN changed USING (id)
      )
      SELECT to_jsonb(changed) AS rule FROM changed`,
  );
  return row?.rule ?? null;
}

const Version = z.object({
  id: z.string(),
  at: z.string(),
  changed_at: z.coerce.date(),
  key_id: z.string(),
  action: z.string(),
  rule: RuleRow.nullable(),
});
export type RuleVersion = z.output<typeof Version>;

/**
 * What became of a rule, newest first: each change with the rule as it was after it, null once it was deleted. In the order in which they
 * were made, whatever the clocks of those who made them said.
 */
export async function listVersions(db: Db, id: string, { limit, after }: PageRequest): Promise<Page<RuleVersion>> {
  const rows = await queryRows(
    db,
    Version,
    sql`
      SELECT id::text, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at, at AS changed_at, key_id, action,
        after AS rule
      FROM audit_log
      WHERE subject_kind = ${SUBJECT} AND subject_id = ${id}
        ${after === null ? sql`` : sql`AND id < ${after.id}::bigint`}
      ORDER BY audit_log.id DESC
      LIMIT ${limit + 1}`,
  );
  return pageOf(rows, limit);
}

/** Of these ids those that no webhook has. */
export async function unknownWebhooks(db: Db, ids: readonly string[]): Promise<string[]> {
  const rows = await queryRows(
    db,
    z.object({ id: z.string() }),
    sql`
      SELECT asked.id FROM jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb) AS asked (id)
      WHERE NOT EXISTS (SELECT FROM webhooks WHERE webhooks.id = asked.id AND deleted_at IS NULL)`,
  );
  return rows.map(({ id }) => id);
}

/** A list as Postgres reads it, whichever driver sends it. */
function textArray(values: readonly string[] | null): SQL {
  if (values === null) return sql`NULL::text[]`;
  return sql`ARRAY(SELECT jsonb_array_elements_text(${JSON.stringify(values)}::jsonb))`;
}
