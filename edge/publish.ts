import { withDeadline } from "../shared/deadline.ts";
import { LIMITS } from "../shared/limits.ts";
import type { IntakeMessage, ScoredEvent } from "../shared/message.ts";
import { portions, textBytes } from "../shared/portions.ts";

/** Beyond this the queue is taken to be away; an event it took after all is stored once, by its id. */
const DEADLINE_MS = 5_000;

/** Room for the envelope around the events. */
const ENVELOPE_BYTES = 300;

/** A queue message as it travels: written as JSON once, as writing it is a good part of all the work. */
export interface WrittenMessage {
  /** An `IntakeMessage`. */
  text: string;
  /** Of the text in UTF-8. */
  bytes: number;
}

/**
 * Puts scored events on the queue, as few messages as fit.
 *
 * @returns per event, whether it is on the queue
 */
export async function publish(
  events: readonly ScoredEvent[],
  envelope: Omit<IntakeMessage, "events">,
  send: (message: WrittenMessage) => Promise<unknown>,
): Promise<boolean[]> {
  const sent = await Promise.all(
    portions(events.map(written), bytesOf, { sizeMost: LIMITS.messageBytes - ENVELOPE_BYTES }).map(async (part) => {
      const call = async () => send(inOne(part, envelope));
      const done = await withDeadline(call(), DEADLINE_MS).then(
        () => true,
        () => false,
      );
      return part.map(() => done);
    }),
  );
  return sent.flat();
}

function written(event: ScoredEvent): WrittenMessage {
  const text = JSON.stringify(event);
  return { text, bytes: textBytes(text) };
}

/** With the comma to the next. */
function bytesOf({ bytes }: WrittenMessage): number {
  return bytes + 1;
}

function inOne(events: readonly WrittenMessage[], envelope: Omit<IntakeMessage, "events">): WrittenMessage {
  const head = JSON.stringify(envelope).slice(0, -1);
  const text = `${head},"events":[${events.map((event) => event.text).join(",")}]}`;
  return { text, bytes: events.reduce((bytes, event) => bytes + bytesOf(event), ENVELOPE_BYTES) };
}
