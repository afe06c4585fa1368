import { withDeadline } from "../shared/deadline.ts";
import { LIMITS } from "../shared/limits.ts";
import type { IntakeMessage, ScoredEvent } from "../shared/message.ts";

/** Beyond this the queue is taken to be away; an event it took after all is stored once, by its id. */
const DEADLINE_MS = 5_000;

/** Room for the envelope around the events. */
const ENVELOPE_BYTES = 300;

/**
 * Puts scored events on the queue, as few messages as fit.
 *
 * @returns per event, whether it is on the queue
 */
export async function publish(
  events: readonly ScoredEvent[],
  envelope: Omit<IntakeMessage, "events">,
  send: (message: IntakeMessage) => Promise<unknown>,
): Promise<boolean[]> {
  const sent = await Promise.all(
    split(events).map(async (part) => {
      const call = async () => send({ ...envelope, events: part });
      const done = await withDeadline(call(), DEADLINE_MS).then(
        () => true,
        () => false,
      );
      return part.map(() => done);
    }),
  );
  return sent.flat();
}

/** Splits a list in order, so that each part stays below the size of a queue message. */
function split(events: readonly ScoredEvent[]): ScoredEvent[][] {
  const [first, ...others] = events;
  if (first === undefined) return [];
  const parts: ScoredEvent[][] = [[first]];
  if (others.length === 0) return parts;
  const encoder = new TextEncoder();
  const bytesOf = (event: ScoredEvent) => encoder.encode(JSON.stringify(event)).byteLength + 1;
  let bytes = ENVELOPE_BYTES + bytesOf(first);
  for (const event of others) {
    const more = bytesOf(event);
    if (bytes + more > LIMITS.messageBytes) {
      parts.push([]);
      bytes = ENVELOPE_BYTES;
    }
    parts.at(-1)?.push(event);
    bytes += more;
  }
  return parts;
}
