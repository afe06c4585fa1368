import * as z from "zod";
import { withDeadline } from "../shared/deadline.ts";
import type { QueueMessage } from "./intake.ts";

/** The part of an R2 bucket the spool needs. */
export interface SpoolBucket {
  put(key: string, text: string): Promise<unknown>;
  get(key: string): Promise<{ text(): Promise<string> } | null>;
  delete(key: string): Promise<unknown>;
  list(options: { prefix: string; startAfter?: string; limit: number }): Promise<{ objects: { key: string }[] }>;
}

/** What is to become of messages: to be stored, to be recorded as given up, or to be counted. */
const MessageKind = z.enum(["assessments", "dead-letters", "accounts"]);
export type MessageKind = z.infer<typeof MessageKind>;

/** The messages of one batch, as they wait for the database in one object. */
const SpoolEntry = z.object({
  v: z.literal(1),
  kind: MessageKind,
  messages: z.array(z.object({ id: z.string(), body: z.unknown() })),
});
export type SpoolEntry = z.infer<typeof SpoolEntry>;

const PREFIX = "spool/";
const PAGE = 100;

/** Every call to the bucket. What takes longer rejects; each is safe to make again. */
const BUCKET_DEADLINE_MS = 10_000;

/** The key of an entry: sorts by the time it was written. `id` makes it its own. */
export function spoolKey(nowMs: number, id: string): string {
  return `${PREFIX}${new Date(nowMs).toISOString()}_${id}.json`;
}

/** Writes one entry; when this resolves it is durable. */
export async function writeSpool(
  bucket: SpoolBucket,
  key: string,
  kind: MessageKind,
  messages: readonly QueueMessage[],
): Promise<void> {
  const entry: SpoolEntry = { v: 1, kind, messages: messages.map(({ id, body }) => ({ id, body })) };
  await withDeadline(bucket.put(key, JSON.stringify(entry)), BUCKET_DEADLINE_MS, "writing to the spool");
}

/** Keys of the spool, oldest first; those written meanwhile are among them. */
export async function* spoolKeys(bucket: SpoolBucket): AsyncGenerator<string> {
  let startAfter = PREFIX;
  for (;;) {
    const listing = bucket.list({ prefix: PREFIX, startAfter, limit: PAGE });
    const { objects } = await withDeadline(listing, BUCKET_DEADLINE_MS, "listing the spool");
    for (const { key } of objects) yield key;
    const last = objects.at(-1);
    if (last === undefined) return;
    startAfter = last.key;
  }
}

type Spooled = { kind: "entry"; entry: SpoolEntry } | { kind: "unreadable"; text: string } | { kind: "gone" };

/** One entry; `gone` when another drain was faster. */
export async function readSpool(bucket: SpoolBucket, key: string): Promise<Spooled> {
  const text = await withDeadline(textOf(bucket, key), BUCKET_DEADLINE_MS, "reading the spool");
  if (text === null) return { kind: "gone" };
  const entry = parseEntry(text);
  return entry === null ? { kind: "unreadable", text } : { kind: "entry", entry };
}

/** The entry that a text is, or null when it is none. */
export function parseEntry(text: string): SpoolEntry | null {
  return SpoolEntry.safeParse(fromJson(text)).data ?? null;
}

/** R2 lists no more at once. */
const COUNTED_MOST = 1_000;

/** How many entries wait in the spool; of more than 1,000 it says 1,000. */
export async function countSpool(bucket: SpoolBucket): Promise<number> {
  const listing = bucket.list({ prefix: PREFIX, limit: COUNTED_MOST });
  const { objects } = await withDeadline(listing, BUCKET_DEADLINE_MS, "listing the spool");
  return objects.length;
}

/** Forgets an entry whose messages are in the database. */
export async function deleteSpool(bucket: SpoolBucket, key: string): Promise<void> {
  await withDeadline(bucket.delete(key), BUCKET_DEADLINE_MS, "deleting from the spool");
}

async function textOf(bucket: SpoolBucket, key: string): Promise<string | null> {
  const object = await bucket.get(key);
  return object === null ? null : object.text();
}

/** What is not JSON becomes null, which no entry is. */
function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
