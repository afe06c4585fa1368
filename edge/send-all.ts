import { portions } from "../shared/portions.ts";
import type { WrittenMessage } from "./publish.ts";

/** What one `sendBatch` may carry: 256 KB, less some room, and 100 messages. */
const BATCH = { sizeMost: 240_000, itemsMost: 100 };
/** What the platform adds to each message. */
const BYTES_AROUND = 200;

type Sender = Pick<Queue<string>, "send" | "sendBatch">;

/**
 * Puts messages on the queue, in as few calls as fit.
 *
 * @returns true for each message, when all are on the queue
 * @throws when any of the calls fails; the rest may be on the queue then, and an event sent again is stored once
 */
export async function sendAll(queue: Sender, messages: readonly WrittenMessage[]): Promise<true[]> {
  const [only] = messages;
  if (messages.length === 1 && only !== undefined) await queue.send(only.text, { contentType: "text" });
  else await Promise.all(portions(messages, bytesOf, BATCH).map((batch) => queue.sendBatch(batch.map(request))));
  return messages.map(() => true);
}

function bytesOf({ bytes }: WrittenMessage): number {
  return bytes + BYTES_AROUND;
}

function request({ text }: WrittenMessage): MessageSendRequest<string> {
  return { body: text, contentType: "text" };
}
