import * as z from "zod";
import { describe } from "../../shared/serve.ts";
import { changed, type LiveServices } from "../live/tell.ts";
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
import { reviveMissed } from "./replays.ts";
import { tellDisabled } from "./tell-disabled.ts";

/** What alerting needs of the Worker around it. */
export interface AlertServices extends AttemptServices, LiveServices {
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

/**
 * No attempt begins later than this after the first. The cron's runs must not pile up; what goes on after an answer or a batch was given
 * has 30 s in all, of which the last attempt may take 17.
 */
const CRON_RUN_MS = 45_000;
const RUN_MS = 12_000;

/** Deliveries the cron looks at in one run: with its statements well within the platform's 10,000 requests. */
const DELIVERIES_PER_RUN = 1_500;

/** What the queue waits before it brings a batch again that could not be looked up. */
const LOOK_UP_AGAIN_SECONDS = 10;

/**
 * Attempts deliveries that were just inserted with a lease, without waiting for it to end.
 *
 * Never throws: what cannot be attempted now is due once its lease is over, and the cron takes it.
 * An endpoint may take long, so a caller with something to acknowledge does that first.
 *
 * @param by `asked` for those that an operator waits for
 */
export async function deliverNow(
  services: AlertServices,
  ids: readonly string[],
  deadlineMs = ATTEMPT_DEADLINE_MS,
  by: "fresh" | "asked" = "fresh",
): Promise<void> {
  if (ids.length === 0) return;
  try {
    const waiting = await waitingOf(services.db, ids, by, services.nowMs());
    await attemptAll(services, waiting, { by, deadlineMs, endMs: services.nowMs() + RUN_MS });
  } catch (error) {
    services.log({ task: "deliver-now", deliveries: ids.length, cause: describe(error) });
  }
}

/**
 * Attempts what is due: the work of the minute cron, with what is left over of replays and of telling what was disabled. Bounded in number
 * and time; what is left stays due, no webhook's backlog comes before another's oldest, and one that keeps failing has a probe at most.
 *
 * @throws what the database throws when it cannot tell what is due
 */
export async function deliverDue(services: AlertServices, deadlineMs = ATTEMPT_DEADLINE_MS): Promise<void> {
  const { db } = services;
  const endMs = services.nowMs() + CRON_RUN_MS;
  await endStranded(db, services.nowMs());
  await reviveMissed(db, services.nowMs());
  await tell(services, deadlineMs);
  // What waits behind a probe that succeeds is due in the next round.
  for (let left = DELIVERIES_PER_RUN; left > 0 && services.nowMs() <= endMs;) {
    const waiting = await dueDeliveries(db, services.nowMs(), left);
    if (waiting.length === 0) break;
    await attemptAll(services, waiting, { by: "due", deadlineMs, endMs });
    left -= waiting.length;
  }
}

/**
 * Attempts what a batch of the delivery queue names, where it is due. Every message is acknowledged once its row was looked at,
 * because the row and the cron do the rest; when the database cannot be asked, the batch comes again.
 *
 * @returns once the batch is answered for; the attempts go on in `waitUntil`, so that an endpoint that hangs holds up no other batch
 */
export async function consumeDeliveries(
  batch: DeliveryBatch,
  services: AlertServices & { waitUntil(work: Promise<unknown>): void },
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
  services.waitUntil(attemptAll(services, waiting, { by: "due", deadlineMs, endMs: services.nowMs() + RUN_MS }));
}

interface Run {
  by: ClaimBy;
  deadlineMs: number;
  /** No attempt begins later. */
  endMs: number;
}

/** Never throws. */
async function attemptAll(services: AlertServices, waiting: readonly Waiting[], run: Run): Promise<void> {
  let someDisabled = false;
  await attemptFairly(
    waiting,
    () => services.nowMs(),
    run.endMs,
    async ({ id }) => {
      try {
        const { heard, disabled } = await attemptOne(services, id, run);
        someDisabled ||= disabled;
        return heard;
      } catch (error) {
        // The lease ends by itself, and the delivery is due again.
        services.log({ task: "attempt", deliveryId: id, cause: describe(error) });
        return "nothing";
      }
    },
  );
  if (someDisabled) await tell(services, run.deadlineMs);
}

/** Claims one delivery, makes the attempt, and writes what came of it. */
async function attemptOne(
  services: AlertServices,
  id: string,
  { by, deadlineMs }: Run,
): Promise<{ heard: Heard; disabled: boolean }> {
  const { db } = services;
  const claim = await claimDelivery(db, id, by, services.nowMs(), LEASE_MS);
  if (claim === null) return { heard: "nothing", disabled: false };
  const { delivery, record } = await attemptDelivery(claim, services, deadlineMs);
  const { waiting, disabledReason, openUntil } = await settleAttempt(db, claim, delivery, record, services.nowMs());
  changed(services, "delivery", id);
  services.log({
    task: "attempt",
    deliveryId: id,
    webhookId: claim.webhookId,
    attempt: claim.attempt,
    outcome: delivery.kind,
    status: record.status,
    durationMs: record.durationMs,
    ...(disabledReason === null ? {} : { disabledReason }),
    ...(openUntil === null ? {} : { openUntil: openUntil.toISOString() }),
  });
  if (waiting && delivery.kind === "retry") await wakeFor(services, claim, delivery.afterMs);
  const disabled = disabledReason !== null;
  if (delivery.kind === "delivered") return { heard: "well", disabled };
  return { heard: disabled || openUntil !== null ? "closed off" : "failed", disabled };
}

/** Tells the other webhooks of those that were disabled. Never throws: what is untold the cron tells. */
async function tell(services: AlertServices, deadlineMs: number): Promise<void> {
  try {
    await deliverNow(services, await tellDisabled(services), deadlineMs);
  } catch (error) {
    services.log({ task: "tell-disabled", cause: describe(error) });
  }
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
