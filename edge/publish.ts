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
  /** It holds anomalies, and those alone: they go past the others, so that no alert waits behind bulk. */
  urgent: boolean;
}

/**
 * Puts scored events on the queues, as few messages as fit, anomalies apart from the rest.
 *
 * @returns per event, whether it is on a queue
 */
export async function publish(
  events: readonly ScoredEvent[],
  envelope: Omit<IntakeMessage, "events">,
  send: (message: WrittenMessage) => Promise<unknown>,
): Promise<boolean[]> {
  const done = events.map(() => false);
  const lines = events.map(written);
  const parts = [true, false].flatMap((urgent) =>
    portions(
      lines.filter((line) => line.urgent === urgent),
      bytesOf,
      { sizeMost: LIMITS.messageBytes - ENVELOPE_BYTES },
    ),
  );
  await Promise.all(
    parts.map(async (part) => {
      const call = async () => send(inOne(part, envelope));
      const isSent = await withDeadline(call(), DEADLINE_MS).then(
        () => true,
        () => false,
      );
      for (const { index } of part) done[index] = isSent;
    }),
  );
  return done;
}

/** One event as JSON, and its place among those given. */
interface Line extends WrittenMessage {
  index: number;
}

function written(event: ScoredEvent, index: number): Line {
  const text = JSON.stringify(event);
  return { text, bytes: textBytes(text), urgent: event.assessment.anomaly, index };
}

/** With the comma to the next. */
function bytesOf({ bytes }: Line): number {
  return bytes + 1;
}

function inOne(lines: readonly Line[], envelope: Omit<IntakeMessage, "events">): WrittenMessage {
  const head = JSON.stringify(envelope).slice(0, -1);
  const text = `${head},"events":[${lines.map((line) => line.text).join(",")}]}`;
  const bytes = lines.reduce((sum, line) => sum + bytesOf(line), ENVELOPE_BYTES);
  return { text, bytes, urgent: lines.some(({ urgent }) => urgent) };
}
