import * as z from "zod";
import { describe } from "../../shared/serve.ts";
import type { Db } from "../store/db.ts";
import { ATTEMPT_DEADLINE_MS, attemptDelivery, type AttemptServices } from "./attempt.ts";
import {
  claimDelivery,
  dueDeliveries,
  endStranded,
  settleAttempt,
  waitingOf,
  type Claim,
  type ClaimBy,
  type Waiting,
} from "./deliveries.ts";
import { attemptFairly, type Heard } from "./lanes.ts";

/** What alerting needs of the Worker around it. */
export interface AlertServices extends AttemptServices {
  db: Db;
  newId(prefix: string): string;
  /** Has `consumeDeliveries` look at a delivery again after a short while; the minute cron does so anyway. */
  retryLater(deliveryId: string, delaySeconds: number): Promise<void>;
  log(line: Record<string, unknown>): void;
}

/** What goes over the queue of deliveries: the row holds the rest. */
export const DeliveryMessage = z.object({ delivery_id: z.string() });
export type DeliveryMessage = z.infer<typeof DeliveryMessage>;

/** The part of a queue's batch that is used here. */
export interface DeliveryBatch {
  messages: readonly { body: unknown; ack(): void; retry(options: { delaySeconds: number }): void }[];
}

/** How long an attempt keeps others away: its deadline, its answer, and two statements to the database. */
export const LEASE_MS = 30_000;

/** Waits up to this long are the queue's; the cron runs every minute and takes longer ones. */
const QUEUE_WAIT_MS = 60_000;

/** Deliveries the cron looks at in one run: with its statements well within the platform's 10,000 requests. */
const DELIVERIES_PER_RUN = 300;

/** What the queue waits before it brings a batch again that could not be looked up. */
const LOOK_UP_AGAIN_SECONDS = 10;

/**
 * Attempts deliveries that were just inserted with a lease, without waiting for it to end.
 *
 * Never throws: what cannot be attempted now is due once its lease is over, and the cron takes it.
 * An endpoint may take long, so a caller with something to acknowledge does that first.
 */
export async function deliverNow(
  services: AlertServices,
  ids: readonly string[],
  deadlineMs = ATTEMPT_DEADLINE_MS,
): Promise<void> {
  if (ids.length === 0) return;
  try {
    const waiting = await waitingOf(services.db, ids, "fresh", services.nowMs());
    await attemptAll(services, waiting, "fresh", deadlineMs);
  } catch (error) {
    services.log({ task: "deliver-now", deliveries: ids.length, cause: describe(error) });
  }
}

/**
 * Attempts what is due: the work of the minute cron. Bounded in number and time; what is left stays due, and no webhook's backlog
 * comes before another's oldest.
 *
 * @throws what the database throws when it cannot tell what is due
 */
export async function deliverDue(services: AlertServices, deadlineMs = ATTEMPT_DEADLINE_MS): Promise<void> {
  await endStranded(services.db, services.nowMs());
  const waiting = await dueDeliveries(services.db, services.nowMs(), DELIVERIES_PER_RUN);
  await attemptAll(services, waiting, "due", deadlineMs);
}

/**
 * Attempts what a batch of the delivery queue names, where it is due. Every message is acknowledged once its row was looked at,
 * because the row and the cron do the rest; when the database cannot be asked, the batch comes again.
 */
export async function consumeDeliveries(
  batch: DeliveryBatch,
  services: AlertServices,
  deadlineMs = ATTEMPT_DEADLINE_MS,
): Promise<void> {
  const ids = batch.messages.flatMap(({ body }) => DeliveryMessage.safeParse(body).data?.delivery_id ?? []);
  if (ids.length < batch.messages.length)
    services.log({ task: "consume-deliveries", unreadable: batch.messages.length - ids.length });
  let waiting: Waiting[];
  try {
    waiting = await waitingOf(services.db, ids, "due", services.nowMs());
  } catch (error) {
    services.log({ task: "consume-deliveries", messages: batch.messages.length, cause: describe(error) });
    for (const message of batch.messages) message.retry({ delaySeconds: LOOK_UP_AGAIN_SECONDS });
    return;
  }
  for (const message of batch.messages) message.ack();
  await attemptAll(services, waiting, "due", deadlineMs);
}

async function attemptAll(
  services: AlertServices,
  waiting: readonly Waiting[],
  by: ClaimBy,
  deadlineMs: number,
): Promise<void> {
  await attemptFairly(
    waiting,
    () => services.nowMs(),
    async ({ id }) => {
      try {
        return await attemptOne(services, id, by, deadlineMs);
      } catch (error) {
        // The lease ends by itself, and the delivery is due again.
        services.log({ task: "attempt", deliveryId: id, cause: describe(error) });
        return "nothing";
      }
    },
  );
}

/** Claims one delivery, makes the attempt, and writes what came of it. */
async function attemptOne(services: AlertServices, id: string, by: ClaimBy, deadlineMs: number): Promise<Heard> {
  const { db } = services;
  const claim = await claimDelivery(db, id, by, services.nowMs(), LEASE_MS);
  if (claim === null) return "nothing";
  const { delivery, record } = await attemptDelivery(claim, services, deadlineMs);
  const { waiting, disabledReason } = await settleAttempt(db, claim, delivery, record, services.nowMs());
  services.log({
    task: "attempt",
    deliveryId: id,
    webhookId: claim.webhookId,
    attempt: claim.attempt,
    outcome: delivery.kind,
    status: record.status,
    durationMs: record.durationMs,
    ...(disabledReason === null ? {} : { disabledReason }),
  });
  if (waiting && delivery.kind === "retry") await wakeFor(services, claim, delivery.afterMs);
  return record.timedOut ? "silent" : "answered";
}

/** Asks the queue for a short wait. When it cannot be asked the cron finds the delivery, up to a minute later. */
async function wakeFor(services: AlertServices, { deliveryId }: Claim, afterMs: number): Promise<void> {
  if (afterMs > QUEUE_WAIT_MS) return;
  try {
    await services.retryLater(deliveryId, Math.ceil(afterMs / 1000));
  } catch (error) {
    services.log({ task: "retry-later", deliveryId, cause: describe(error) });
  }
}
