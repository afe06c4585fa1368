import { AccountMessage } from "../../shared/account.ts";
import { inWords, type QueueMessage } from "../intake.ts";
import type { FailedEvent } from "../store/failed-events.ts";

interface ReadCounts {
  counts: AccountMessage[];
  failures: FailedEvent[];
}

/** Reads messages of counts. One that cannot be read is a failure of no event, for a version that can to replay. */
export function readCounts(messages: readonly QueueMessage[]): ReadCounts {
  const read: ReadCounts = { counts: [], failures: [] };
  for (const { id, body } of messages) {
    const message = AccountMessage.safeParse(body);
    if (message.success) read.counts.push(message.data);
    else {
      const reason = `not an account message: ${inWords(message.error)}`;
      read.failures.push({ id: `fail_${id}`, event_id: null, reason, payload: body, kind: "accounts" });
    }
  }
  return read;
}
