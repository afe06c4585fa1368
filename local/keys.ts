import { createHash, randomBytes } from "node:crypto";
import * as z from "zod";
import { ApiKeyRecord, drawKey, keyEntry, keyId, sameDigest } from "../shared/keys.ts";

const KeyText = z.string().refine((text) => keyId(text) !== null, "must have the form of a key");

/** One key of each kind and role, for use on this machine. */
export const DevelopmentKeys = z.strictObject({
  publishable: KeyText,
  ingest: KeyText,
  analyst: KeyText,
  operator: KeyText,
  admin: KeyText,
});
export type DevelopmentKeys = z.infer<typeof DevelopmentKeys>;

type KeyName = keyof DevelopmentKeys;
type Grant = Pick<ApiKeyRecord, "kind" | "role" | "origins">;

const GRANTS: Record<KeyName, Grant> = {
  publishable: { kind: "publishable", role: null, origins: ["http://localhost:*", "http://127.0.0.1:*"] },
  ingest: { kind: "secret", role: "ingest", origins: [] },
  analyst: { kind: "secret", role: "analyst", origins: [] },
  operator: { kind: "secret", role: "operator", origins: [] },
  admin: { kind: "secret", role: "admin", origins: [] },
};

/** Runs one statement on Postgres. */
export type Query = <T>(text: string, params: unknown[]) => Promise<T[]>;

/** Where the records of keys are kept. */
export interface KeyStores {
  query: Query;
  /** Writes an entry where the Workers look keys up. */
  putConfig(entry: string, value: string): Promise<void>;
}

/**
 * The development keys, known to Postgres and to the Workers when this resolves.
 *
 * A saved key goes on when Postgres still has its record; any other is made anew.
 */
export async function provideKeys(saved: DevelopmentKeys | null, stores: KeyStores): Promise<DevelopmentKeys> {
  const provide = (name: KeyName) => provideKey(name, saved?.[name] ?? null, stores);
  return {
    publishable: await provide("publishable"),
    ingest: await provide("ingest"),
    analyst: await provide("analyst"),
    operator: await provide("operator"),
    admin: await provide("admin"),
  };
}

async function provideKey(name: KeyName, saved: string | null, stores: KeyStores): Promise<string> {
  const known = saved === null ? null : await findRecord(saved, GRANTS[name], stores);
  const [text, record] = saved !== null && known !== null ? [saved, known] : newKey(GRANTS[name]);
  if (known === null) await insertRecord(record, `local development: ${name}`, stores.query);
  await stores.putConfig(keyEntry(record.id), JSON.stringify(record));
  return text;
}

/** The record of a key that is in Postgres, is this very key, may do the same, and has no end. */
async function findRecord(text: string, grant: Grant, { query }: KeyStores): Promise<ApiKeyRecord | null> {
  const [row] = await query<unknown>(
    "SELECT id, kind, role, origins, digest FROM api_keys WHERE id = $1 AND expires_at IS NULL AND revoked_at IS NULL",
    [keyId(text)],
  );
  const found = ApiKeyRecord.omit({ expires_at: true }).safeParse(row);
  if (!found.success || !sameDigest(found.data.digest, sha256Hex(text))) return null;
  if (found.data.kind !== grant.kind || found.data.role !== grant.role) return null;
  return { ...found.data, expires_at: null };
}

/** A key that nobody knows yet, and what is to be kept of it. */
export function newKey(grant: Grant): [text: string, record: ApiKeyRecord] {
  const { id, text } = drawKey(grant.kind, randomBytes);
  return [text, { id, ...grant, digest: sha256Hex(text), expires_at: null }];
}

/** Puts a record into Postgres, from where the aggregator's minute cron hands it to both Workers. */
export async function insertRecord(
  { id, kind, role, origins, digest }: ApiKeyRecord,
  description: string,
  query: Query,
): Promise<void> {
  await query("INSERT INTO api_keys (id, kind, role, origins, digest, description) VALUES ($1, $2, $3, $4, $5, $6)", [
    id,
    kind,
    role,
    origins,
    digest,
    description,
  ]);
}

function sha256Hex(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
