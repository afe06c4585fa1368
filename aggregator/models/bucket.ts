import { withDeadline } from "../../shared/deadline.ts";
import { sha256Hex } from "../../shared/digest.ts";

/** The MODELS bucket, as far as it is used here. */
export interface ModelBucket {
  put(key: string, bytes: Uint8Array): Promise<unknown>;
  get(key: string): Promise<{ arrayBuffer(): Promise<ArrayBuffer> } | null>;
}

/** A file that is not there, or holds something else than its name says: what needs it cannot be released. */
export class FileDamaged extends Error {
  override name = "FileDamaged";
}

/** The bucket gave no answer in time, or refused to work: the same may go well later. */
export class ModelStoreAway extends Error {
  override name = "ModelStoreAway";
}

/** For one file of some hundred kilobytes, read to its end. */
const DEADLINE_MS = 5_000;

/** Names hold the hash of what they stand for, so that a file is never another one than it was. */
export const FILE_NAMES = {
  onnx: (version: string, sha256: string) => `models/${version}/${sha256}.onnx`,
  card: (version: string, sha256: string) => `models/${version}/${sha256}.card.json`,
  calibration: (version: string, sha256: string) => `calibrations/${version}-${sha256}.json`,
};
const HASH = /([0-9a-f]{64})(\.card)?\.(onnx|json)$/;

/** The key of a file, by what is in it. */
export async function fileKey(kind: keyof typeof FILE_NAMES, version: string, bytes: Uint8Array): Promise<string> {
  return FILE_NAMES[kind](version, await sha256Hex(bytes));
}

/** A card or a calibration as the bytes of its file. */
export function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

/**
 * Keeps a file and reads it back, so that what is said of it afterwards is true. The same again changes nothing.
 *
 * @param key from `fileKey`
 * @throws ModelStoreAway, or FileDamaged when the bucket gives back something else: nothing may name the file then
 */
export async function keepFile(bucket: ModelBucket, key: string, bytes: Uint8Array): Promise<void> {
  await answered(bucket.put(key, bytes));
  await readFile(bucket, key);
}

/** A file as it was kept. @throws FileDamaged, or ModelStoreAway */
export async function readFile(bucket: ModelBucket, key: string): Promise<Uint8Array> {
  const bytes = await answered(bytesAt(bucket, key));
  if (bytes === null) throw new FileDamaged(`${key} is missing`);
  if ((await sha256Hex(bytes)) !== HASH.exec(key)?.[1]) throw new FileDamaged(`${key} holds something else`);
  return bytes;
}

/** What a JSON file says; it has the hash of what was written. @throws as `readFile` */
export async function readJsonFile(bucket: ModelBucket, key: string): Promise<unknown> {
  return JSON.parse(new TextDecoder().decode(await readFile(bucket, key)));
}

async function bytesAt(bucket: ModelBucket, key: string): Promise<Uint8Array | null> {
  const file = await bucket.get(key);
  return file === null ? null : new Uint8Array(await file.arrayBuffer());
}

async function answered<T>(call: Promise<T>): Promise<T> {
  try {
    return await withDeadline(call, DEADLINE_MS, "the model store");
  } catch (cause) {
    throw new ModelStoreAway("the model store does not answer", { cause });
  }
}
