import type { Batch } from "../../aggregator/consume.ts";

export interface Message {
  readonly id: string;
  readonly body: unknown;
  /** Deliveries so far. */
  attempts: number;
}

/** A queue that keeps a message until a batch with it is acknowledged, and no order at all. */
export function memoryQueue(name: string) {
  const waiting = new Map<string, Message>();
  const taken: Message[] = [];
  return {
    name,
    waiting,
    /** Every message there ever was. */
    taken,
    take(body: unknown): void {
      const message = { id: `${name}-${taken.length}`, body, attempts: 0 };
      taken.push(message);
      waiting.set(message.id, message);
    },
    /** A batch of these messages, one delivery more. */
    batch(messages: readonly Message[]): Batch & { answer: "none" | "acked" | "retried" } {
      for (const message of messages) message.attempts += 1;
      return {
        queue: name,
        messages,
        answer: "none",
        ackAll() {
          this.answer = "acked";
          for (const { id } of messages) waiting.delete(id);
        },
        retryAll() {
          this.answer = "retried";
        },
      };
    },
  };
}
export type MemoryQueue = ReturnType<typeof memoryQueue>;
