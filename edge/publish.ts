import { withDeadline } from "../shared/deadline.ts";
import { LIMITS } from "../shared/limits.ts";
import type { IntakeMessage, ScoredEvent } from "../shared/message.ts";
import { jsonBytes, portions } from "../shared/portions.ts";

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
    portions(events, bytesOf, { sizeMost: LIMITS.messageBytes - ENVELOPE_BYTES }).map(async (part) => {
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

/** With the comma to the next. */
function bytesOf(event: ScoredEvent): number {
  return jsonBytes(event) + 1;
}
