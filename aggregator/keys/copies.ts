import { and, asc, inArray, sql } from "drizzle-orm";
import { withDeadline } from "../../shared/deadline.ts";
import { keyEntry, type ApiKeyRecord } from "../../shared/keys.ts";
import { describe } from "../../shared/serve.ts";
import type { Db } from "../store/db.ts";
import { apiKeys } from "../store/schema.ts";

/** Where both Workers look keys up. */
export interface KeyCopies {
  put(entry: string, value: string, options: { expirationTtl?: number }): Promise<void>;
}

export interface CopyServices {
  db: Db;
  keyCopies: KeyCopies;
  nowMs(): number;
}

const DEADLINE_MS = 3_000;
/** Within the six connections a Worker may have open at a time. */
const AT_ONCE = 6;
/** A run with KV away for each of these ends well before the next minute's begins. */
const ROUNDS_MOST = 8;
/** How long a copy stays when its key has ended; all caches have forgotten the key by then, and a missing entry refuses it as well. */
const ENDED_KEPT_S = 24 * 60 * 60;
/** KV takes 32 bits. A key that lasts longer than that has an entry without end. */
const TTL_MOST_S = 2 ** 31 - 1;

const COPIED = {
  id: apiKeys.id,
  kind: apiKeys.kind,
  role: apiKeys.role,
  origins: apiKeys.origins,
  digest: apiKeys.digest,
  /** A revoked key is one that has expired: the Workers need know nothing else of it. */
  endsAt: sql<Date | null>`least(${apiKeys.expiresAt}, ${apiKeys.revokedAt})`.mapWith(apiKeys.expiresAt),
  revision: apiKeys.revision,
};
type Changed = Pick<typeof apiKeys.$inferSelect, "id" | "kind" | "role" | "origins" | "digest" | "revision"> & {
  endsAt: Date | null;
};

const isChanged = sql`${apiKeys.copiedRevision} IS DISTINCT FROM ${apiKeys.revision}`;

/**
 * Copies to KV what these keys are now, where KV is not known to have it. The cron copies them once more, so that two writes that
 * overtook each other are put right within a minute.
 *
 * A key that has ended is written as ended, not deleted: it is one way for every change, and the entry goes by itself a day later.
 *
 * @throws DeadlinePassed or what KV or the database throws: the copy is then made by the cron, within a minute of both being back
 */
export async function copyNow(ids: readonly string[], services: CopyServices): Promise<void> {
  const rows = await services.db
    .select(COPIED)
    .from(apiKeys)
    .where(and(inArray(apiKeys.id, [...ids]), isChanged));
  await Promise.all(rows.map((row) => copy(row, services)));
}

interface Copied {
  /** Keys that KV has as they are now. */
  copied: number;
  /** Keys of this run that it has not; the next one takes them up. */
  left: number;
  /** Why the last of them was left. */
  cause?: string;
}

/**
 * Brings to KV what changed in Postgres, longest ago first and as much as a minute allows. Run by the minute cron, it is what makes KV
 * follow after an outage, and what a key made beside the API waits for. Never throws.
 */
export async function copyChanged(services: CopyServices): Promise<Copied> {
  const done: Copied = { copied: 0, left: 0 };
  try {
    const rows = await services.db
      .select(COPIED)
      .from(apiKeys)
      .where(isChanged)
      .orderBy(asc(apiKeys.changedAt), asc(apiKeys.id))
      .limit(AT_ONCE * ROUNDS_MOST);
    for (let from = 0; from < rows.length; from += AT_ONCE) {
      await copyRound(rows.slice(from, from + AT_ONCE), services, done);
    }
  } catch (error) {
    done.cause = describe(error);
  }
  return done;
}

async function copyRound(rows: readonly Changed[], services: CopyServices, done: Copied): Promise<void> {
  const outcomes = await Promise.allSettled(rows.map((row) => copy(row, services)));
  const copied = rows.filter((_row, index) => outcomes[index]?.status === "fulfilled");
  done.left += rows.length - copied.length;
  for (const outcome of outcomes) if (outcome.status === "rejected") done.cause = describe(outcome.reason);
  await markCopied(services.db, copied);
  done.copied += copied.length;
}

async function copy(row: Changed, { keyCopies, nowMs }: CopyServices): Promise<void> {
  const { id, kind, role, origins, digest, endsAt } = row;
  const expires_at = endsAt === null ? null : endsAt.toISOString();
  const record: ApiKeyRecord = { id, kind, role, origins, digest, expires_at };
  const put = keyCopies.put(keyEntry(id), JSON.stringify(record), lifetime(endsAt, nowMs()));
  await withDeadline(put, DEADLINE_MS, "the key store");
}

function lifetime(endsAt: Date | null, nowMs: number): { expirationTtl?: number } {
  if (endsAt === null) return {};
  const leftS = Math.max(0, Math.ceil((endsAt.getTime() - nowMs) / 1000));
  return leftS + ENDED_KEPT_S > TTL_MOST_S ? {} : { expirationTtl: leftS + ENDED_KEPT_S };
}

/** Says which revision was copied, so that a key that changed meanwhile is copied again. */
async function markCopied(db: Db, rows: readonly Changed[]): Promise<void> {
  if (rows.length === 0) return;
  const copied = JSON.stringify(rows.map(({ id, revision }) => ({ id, revision })));
  await db.execute(sql`
    UPDATE api_keys SET copied_revision = copied.revision
    FROM jsonb_to_recordset(${copied}::jsonb) AS copied (id text, revision integer)
    WHERE api_keys.id = copied.id`);
}
