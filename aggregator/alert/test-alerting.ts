import { newId } from "../../shared/ids.ts";
import { alerts, deliveries, deliveryAttempts, webhooks } from "../store/schema.ts";
import type { Db } from "../store/db.ts";
import { ALERT_TYPES } from "./alert-type.ts";
import { LEASE_MS, type AlertServices, type DeliveryBatch } from "./deliver.ts";

export const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/** A clock that goes only when told to, and what a Worker around the alerts was asked to do. */
export function alerting(db: Db, over: Partial<AlertServices> = {}) {
  const clock = { nowMs: Date.now() };
  const queued: { deliveryId: string; delaySeconds: number }[] = [];
  const logged: Record<string, unknown>[] = [];
  let made = 0;
  const services: AlertServices = {
    db,
    fetch,
    nowMs: () => clock.nowMs,
    random: () => 0.5,
    newId: (prefix) => newId(prefix, clock.nowMs, new TextEncoder().encode(String(made++).padStart(10, "0"))),
    async retryLater(deliveryId, delaySeconds) {
      queued.push({ deliveryId, delaySeconds });
    },
    config: { allowLocalWebhooks: true, publicUrl: "https://pulse.shop.com" },
    log: (line) => logged.push(line),
    ...over,
  };
  return { services, clock, queued, logged };
}

/** A webhook as a row; the test names what matters. */
export async function insertHook(
  db: Db,
  over: Partial<typeof webhooks.$inferInsert> & { id: string; url: string },
): Promise<void> {
  await db.insert(webhooks).values({ types: [...ALERT_TYPES], secret: SECRET, ...over });
}

/**
 * Alerts for one webhook with deliveries as the intake leaves them: just inserted, leased, not attempted.
 *
 * @returns the deliveries' ids
 */
export async function insertAlerts(db: Db, webhookId: string, nowMs: number, count = 1): Promise<string[]> {
  const numbers = Array.from({ length: count }, (_, i) => `${webhookId}_${nowMs}_${i}`);
  const createdAt = new Date(nowMs);
  await db.insert(alerts).values(
    numbers.map((n) => ({
      id: `alt_${n}`,
      type: "anomaly.detected",
      dedupKey: n,
      data: { alert: { id: `alt_${n}` } },
      createdAt,
    })),
  );
  await db.insert(deliveries).values(
    numbers.map((n) => ({
      id: `msg_${n}`,
      alertId: `alt_${n}`,
      webhookId,
      createdAt,
      nextAttemptAt: new Date(nowMs + LEASE_MS),
    })),
  );
  return numbers.map((n) => `msg_${n}`);
}

export type DeliveryState = typeof deliveries.$inferSelect;

export async function deliveryStates(db: Db): Promise<DeliveryState[]> {
  return db.select().from(deliveries).orderBy(deliveries.id);
}

export async function attemptRows(db: Db): Promise<(typeof deliveryAttempts.$inferSelect)[]> {
  return db.select().from(deliveryAttempts).orderBy(deliveryAttempts.deliveryId, deliveryAttempts.attempt);
}

/** A batch of the delivery queue that remembers how each message ended. */
export function queueBatch(bodies: readonly unknown[]): { batch: DeliveryBatch; ends: string[] } {
  const ends: string[] = bodies.map(() => "none");
  const messages = bodies.map((body, i) => ({
    body,
    ack: () => void (ends[i] = "acked"),
    retry: ({ delaySeconds }: { delaySeconds: number }) => void (ends[i] = `again in ${delaySeconds} s`),
  }));
  return { batch: { messages }, ends };
}
