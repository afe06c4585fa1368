import { portions } from "../shared/portions.ts";
import type { WrittenMessage } from "./publish.ts";

/** What one `sendBatch` may carry: 256 KB, less some room, and 100 messages. */
const BATCH = { sizeMost: 240_000, itemsMost: 100 };
/** What the platform adds to each message. */
const BYTES_AROUND = 200;
/** From so many bytes on a message goes by itself: in a batch it is written as base64, which takes longer than another call. */
const LARGE_BYTES = 20_000;

type Sender = Pick<Queue<string>, "send" | "sendBatch">;

/**
 * Puts messages on the queue, in as few calls as fit.
 *
 * @returns true for each message, when all are on the queue
 * @throws when any of the calls fails; the rest may be on the queue then, and an event sent again is stored once
 */
export async function sendAll(queue: Sender, messages: readonly WrittenMessage[]): Promise<true[]> {
  const large = messages.filter(({ bytes }) => bytes >= LARGE_BYTES);
  const small = messages.filter(({ bytes }) => bytes < LARGE_BYTES);
  const calls = [...large.map((message) => [message]), ...portions(small, bytesOf, BATCH)];
  await Promise.all(calls.map((call) => send(queue, call)));
  return messages.map(() => true);
}

async function send(queue: Sender, [first, ...others]: readonly WrittenMessage[]): Promise<void> {
  if (first === undefined) return;
  if (others.length === 0) await queue.send(first.text, { contentType: "text" });
  else await queue.sendBatch([first, ...others].map(request));
}

function bytesOf({ bytes }: WrittenMessage): number {
  return bytes + BYTES_AROUND;
}

function request({ text }: WrittenMessage): MessageSendRequest<string> {
  return { body: text, contentType: "text" };
}
