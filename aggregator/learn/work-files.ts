import type * as z from "zod";
import { withDeadline } from "../../shared/deadline.ts";
import type { ModelBucket } from "../models/bucket.ts";

/** The bucket that runs keep what they work on in, as far as it is used here. */
export interface WorkBucket extends ModelBucket {
  delete(keys: string[]): Promise<unknown>;
  list(options: { prefix: string; cursor?: string }): Promise<{
    objects: { key: string }[];
    truncated: boolean;
    cursor?: string;
  }>;
}

const PREFIX = "training/";
/** One file of some megabytes at most. */
const DEADLINE_MS = 20_000;

export class WorkFileGone extends Error {
  override name = "WorkFileGone";
}

/** The key of one of a run's files. Writing it again puts the same in its place. */
export function workKey(runId: string, name: string): string {
  return `${PREFIX}${runId}/${name}`;
}

export async function writeFile(bucket: WorkBucket, key: string, bytes: Uint8Array): Promise<string> {
  await withDeadline(bucket.put(key, bytes), DEADLINE_MS, "the model store");
  return key;
}

export function writeJson(bucket: WorkBucket, key: string, value: unknown): Promise<string> {
  return writeFile(bucket, key, new TextEncoder().encode(JSON.stringify(value)));
}

/** @throws WorkFileGone when it is not there */
export async function readFile(bucket: WorkBucket, key: string): Promise<Uint8Array> {
  const bytes = await withDeadline(bytesAt(bucket, key), DEADLINE_MS, "the model store");
  if (bytes === null) throw new WorkFileGone(`${key} is missing`);
  return bytes;
}

export async function readJson<T extends z.ZodType>(bucket: WorkBucket, key: string, schema: T): Promise<z.output<T>> {
  return schema.parse(JSON.parse(new TextDecoder().decode(await readFile(bucket, key))));
}

/** Deletes what a run worked on. */
export function clearRun(bucket: WorkBucket, runId: string): Promise<void> {
  return clear(bucket, workKey(runId, ""), () => true);
}

/** Deletes what all runs but one left behind: each clears up after itself, unless it died. */
export function clearOthers(bucket: WorkBucket, runId: string): Promise<void> {
  return clear(bucket, PREFIX, (key) => !key.startsWith(workKey(runId, "")));
}

async function clear(bucket: WorkBucket, prefix: string, isOver: (key: string) => boolean): Promise<void> {
  let cursor: string | undefined;
  do {
    const listing = bucket.list({ prefix, ...(cursor !== undefined && { cursor }) });
    const { objects, ...rest } = await withDeadline(listing, DEADLINE_MS, "the model store");
    const keys = objects.map(({ key }) => key).filter(isOver);
    if (keys.length > 0) await withDeadline(bucket.delete(keys), DEADLINE_MS, "the model store");
    cursor = rest.truncated ? rest.cursor : undefined;
  } while (cursor !== undefined);
}

async function bytesAt(bucket: WorkBucket, key: string): Promise<Uint8Array | null> {
  const file = await bucket.get(key);
  return file === null ? null : new Uint8Array(await file.arrayBuffer());
}
