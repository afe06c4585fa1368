import type { IntakeMessage } from "../shared/message.ts";

/** What one `sendBatch` may carry, with room for what the platform adds to each message. */
const BATCH_MESSAGES = 100;
const BATCH_BYTES = 240_000;
const BYTES_AROUND = 200;

type Sender = Pick<Queue<IntakeMessage>, "send" | "sendBatch">;

/**
 * Puts messages on the queue, in as few calls as fit.
 *
 * @returns true for each message, when all are on the queue
 * @throws when any of the calls fails; the rest may be on the queue then, and an event sent again is stored once
 */
export async function sendAll(queue: Sender, messages: readonly IntakeMessage[]): Promise<true[]> {
  const [only] = messages;
  if (messages.length === 1 && only !== undefined) await queue.send(only, { contentType: "json" });
  else await Promise.all(batches(messages).map((batch) => queue.sendBatch(batch)));
  return messages.map(() => true);
}

/** Messages in order, in parts that one call may carry. */
function batches(messages: readonly IntakeMessage[]): MessageSendRequest<IntakeMessage>[][] {
  const encoder = new TextEncoder();
  const parts: MessageSendRequest<IntakeMessage>[][] = [];
  let room = 0;
  for (const body of messages) {
    const bytes = encoder.encode(JSON.stringify(body)).byteLength + BYTES_AROUND;
    const current = parts.at(-1);
    if (current === undefined || bytes > room || current.length === BATCH_MESSAGES) {
      parts.push([{ body, contentType: "json" }]);
      room = BATCH_BYTES - bytes;
    } else {
      current.push({ body, contentType: "json" });
      room -= bytes;
    }
  }
  return parts;
}
