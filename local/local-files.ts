/** What `npm start` keeps in the data folder for itself and for others, beside the data of Postgres and the Workers. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import * as z from "zod";
import { DevelopmentKeys } from "./keys.ts";
import { readPrivateJson, writePrivateJson } from "./private-json.ts";

/** `local.json`, as the contract has it: where everything is, and the keys to use it. */
const LocalFile = z.strictObject({
  edge: z.url(),
  aggregator: z.url(),
  keys: DevelopmentKeys,
  webhook_receiver: z.url(),
  shop: z.url(),
});
export type LocalFile = z.infer<typeof LocalFile>;

/** What an earlier start is asked for, whatever else its version wrote. */
const SavedKeys = LocalFile.pick({ keys: true }).strip();

const SavedWebhook = z.strictObject({ id: z.string(), secret: z.string() });
/** The webhook that leads to the receiver. */
export type SavedWebhook = z.infer<typeof SavedWebhook>;

const LocalSecrets = z.strictObject({
  /** Key of the hashes that are kept of e-mails and addresses: 32 bytes as hex. Changing it makes everybody a stranger. */
  privacy_key: z.string().regex(/^[0-9a-f]{64}$/),
  webhook: SavedWebhook.nullable(),
});
export type LocalSecrets = z.infer<typeof LocalSecrets>;

export function localFileIn(dataDir: string): string {
  return join(dataDir, "local.json");
}

/** The keys of an earlier start; null when there was none, or when its file is of no use: keys can be made anew. */
export function readSavedKeys(dataDir: string): DevelopmentKeys | null {
  try {
    return readPrivateJson(localFileIn(dataDir), SavedKeys)?.keys ?? null;
  } catch {
    return null;
  }
}

export function writeLocalFile(dataDir: string, file: LocalFile): void {
  writePrivateJson(localFileIn(dataDir), file);
}

/**
 * The secrets of this folder, made at its first use.
 *
 * @throws Error when the file is damaged: new secrets would not fit the data
 */
export function openSecrets(dataDir: string): LocalSecrets {
  const path = secretsPath(dataDir);
  const saved = readPrivateJson(path, LocalSecrets);
  if (saved !== null) return saved;
  const secrets = { privacy_key: randomBytes(32).toString("hex"), webhook: null };
  writePrivateJson(path, secrets);
  return secrets;
}

export function writeSecrets(dataDir: string, secrets: LocalSecrets): void {
  writePrivateJson(secretsPath(dataDir), secrets);
}

function secretsPath(dataDir: string): string {
  return join(dataDir, "secrets.json");
}
