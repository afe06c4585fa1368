import { withDeadline } from "../../shared/deadline.ts";
import { LABELS_MOST, type LabelMessage } from "../../shared/label.ts";
import { describe } from "../../shared/serve.ts";
import type { Db } from "../store/db.ts";
import { markSent, unsentLabels } from "./outbox.ts";

export interface LabelServices {
  db: Db;
  /** Puts labels on the queue to the edge, all or none that are told of. */
  queueLabels(labels: LabelMessage[]): Promise<unknown>;
  log(line: Record<string, unknown>): void;
}

/** Beyond this the queue is taken to be away; what it took after all is sent again, and learned from once. */
const QUEUE_DEADLINE_MS = 3_000;
/** A run of the cron must end. */
const GOES_PER_RUN = 20;

/**
 * Sends the labels that the edge was not told yet: the work of the minute cron. Two that send at once send some of them twice.
 *
 * @returns how many went out
 * @throws what the database or the queue throws; what is not marked as sent is for the next run
 */
export async function sendLabels({ db, queueLabels }: LabelServices): Promise<number> {
  let sent = 0;
  for (let go = 0; go < GOES_PER_RUN; go++) {
    const labels = await unsentLabels(db, LABELS_MOST);
    if (labels.length === 0) break;
    await withDeadline(queueLabels(labels), QUEUE_DEADLINE_MS, "the queue of labels");
    await markSent(db, labels);
    sent += labels.length;
    if (labels.length < LABELS_MOST) break;
  }
  return sent;
}

/** The same right after a verdict. Never throws: what cannot be sent now the cron sends. */
export async function sendLabelsNow(services: LabelServices): Promise<void> {
  try {
    await sendLabels(services);
  } catch (error) {
    services.log({ task: "send-labels", cause: describe(error) });
  }
}
