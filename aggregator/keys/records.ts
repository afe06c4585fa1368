import { and, asc, desc, eq, gt, isNull, lte, or, sql } from "drizzle-orm";
import * as z from "zod";
import type { ApiKeyRecord } from "../../shared/keys.ts";
import { queryRows, type Db } from "../store/db.ts";
import { before, microseconds, pageOf, type Page, type PageRequest } from "../store/paging.ts";
import { apiKeys } from "../store/schema.ts";

/** A key as it may be shown: without the digest of its text. */
const SHOWN = {
  id: apiKeys.id,
  kind: apiKeys.kind,
  role: apiKeys.role,
  origins: apiKeys.origins,
  description: apiKeys.description,
  createdAt: apiKeys.createdAt,
  createdBy: apiKeys.createdBy,
  expiresAt: apiKeys.expiresAt,
  revokedAt: apiKeys.revokedAt,
  revokedBy: apiKeys.revokedBy,
  replacedBy: apiKeys.replacedBy,
};
export type KeyRow = Pick<typeof apiKeys.$inferSelect, keyof typeof SHOWN>;

type NewKey = Pick<ApiKeyRecord, "id" | "kind" | "role" | "origins" | "digest"> & {
  description: string | null;
  expiresAt: Date | null;
  createdBy: string;
};

export async function insertKey(db: Db, key: NewKey, nowMs: number): Promise<KeyRow> {
  const now = new Date(nowMs);
  const [row] = await db
    .insert(apiKeys)
    .values({ ...key, createdAt: now, changedAt: now })
    .returning(SHOWN);
  if (row === undefined) throw new Error("an INSERT answered no row");
  return row;
}

/** Every key there ever was, newest first. */
export async function listKeys(db: Db, page: PageRequest): Promise<Page<KeyRow>> {
  const rows = await db
    .select({ ...SHOWN, at: microseconds(apiKeys.createdAt) })
    .from(apiKeys)
    .where(before(apiKeys.createdAt, apiKeys.id, page.after))
    .orderBy(desc(apiKeys.createdAt), desc(apiKeys.id))
    .limit(page.limit + 1);
  return pageOf(rows, page.limit);
}

export async function findKeyRow(db: Db, id: string): Promise<KeyRow | null> {
  const [row] = await db.select(SHOWN).from(apiKeys).where(eq(apiKeys.id, id));
  return row ?? null;
}

interface Revocation {
  id: string;
  /** Id of the key that asks for it. */
  by: string;
  nowMs: number;
}

/**
 * Revokes a key, unless no admin key would then be left that lasts. One that was revoked before stays as it was.
 *
 * A rotated admin key is on its way out and does not count as one that is left.
 */
export async function revokeKey(
  db: Db,
  { id, by, nowMs }: Revocation,
): Promise<"revoked" | "not found" | "last admin key"> {
  const now = new Date(nowMs);
  const inForce = or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, now));
  // All are locked, in one order, and looked at again once locked: of two admins who revoke each other the second sees the first's work.
  const admins = db.$with("admins").as(
    db
      .select({ id: apiKeys.id })
      .from(apiKeys)
      .where(and(eq(apiKeys.role, "admin"), isNull(apiKeys.revokedAt), isNull(apiKeys.replacedBy), inForce))
      .orderBy(asc(apiKeys.id))
      .for("update"),
  );
  const isAnotherLeft = sql`(SELECT count(*) FROM ${admins} WHERE ${admins.id} <> ${id}) > 0`;
  const isNoActiveAdmin = or(sql`${apiKeys.role} IS DISTINCT FROM 'admin'`, lte(apiKeys.expiresAt, now));
  const revoked = await db
    .with(admins)
    .update(apiKeys)
    .set({ revokedAt: now, revokedBy: by, changedAt: now, revision: sql`${apiKeys.revision} + 1` })
    .where(and(eq(apiKeys.id, id), isNull(apiKeys.revokedAt), or(isNoActiveAdmin, isAnotherLeft)))
    .returning({ id: apiKeys.id });
  if (revoked.length > 0) return "revoked";
  const row = await findKeyRow(db, id);
  if (row === null) return "not found";
  return row.revokedAt === null ? "last admin key" : "revoked";
}

interface Rotation {
  /** Id of the key to replace. */
  id: string;
  /** When it ends, unless it ends earlier anyway. */
  endsAt: Date;
  /** What is new of the key that takes its place; kind, role, origins and description stay. */
  successor: Pick<NewKey, "id" | "digest" | "expiresAt" | "createdBy">;
  nowMs: number;
}

/**
 * Makes a key in the place of another, which still works until `endsAt`.
 *
 * @returns false when there is no such key in force that was not rotated before: nothing is changed then
 */
export async function rotateKey(db: Db, { id, endsAt, successor, nowMs }: Rotation): Promise<boolean> {
  const now = new Date(nowMs).toISOString();
  const made = await queryRows(
    db,
    z.object({ id: z.string() }),
    sql`
      WITH replaced AS (
        UPDATE api_keys SET
          expires_at = least(expires_at, ${endsAt.toISOString()}::timestamptz),
          replaced_by = ${successor.id},
          changed_at = ${now}::timestamptz,
          revision = revision + 1
        WHERE id = ${id} AND revoked_at IS NULL AND replaced_by IS NULL
          AND (expires_at IS NULL OR expires_at > ${now}::timestamptz)
        RETURNING kind, role, origins, description
      )
      INSERT INTO api_keys (
        id, kind, role, origins, digest, description, created_at, changed_at, expires_at, created_by
      )
      SELECT
        ${successor.id}, kind, role, origins, ${successor.digest}, description, ${now}::timestamptz, ${now}::timestamptz,
        ${successor.expiresAt?.toISOString() ?? null}::timestamptz, ${successor.createdBy}
      FROM replaced
      RETURNING id`,
  );
  return made.length > 0;
}
