import { describe } from "../shared/serve.ts";
import type { QueueMessage } from "./intake.ts";
import { SETTLE, type Settled, type SettleServices } from "./settle.ts";
import { spoolKey, writeSpool, type MessageKind, type SpoolBucket } from "./spool.ts";

/** The part of a queue's batch that is used. */
export interface Batch {
  readonly queue: string;
  readonly messages: readonly (QueueMessage & { readonly attempts: number })[];
  ackAll(): void;
  retryAll(options: { delaySeconds: number }): void;
}

export interface ConsumeServices extends SettleServices {
  spool: SpoolBucket;
  newId(prefix: string): string;
  /** Raises the anomalies that were stored, and attempts the deliveries; never throws. */
  raiseNow(): Promise<void>;
  /** Work that goes on after the batch was answered for. */
  waitUntil(work: Promise<unknown>): void;
  log(line: Record<string, unknown>): void;
}

/** A batch of scored events: stored and acked, or set aside for later. Never throws. */
export function consumeAssessments(batch: Batch, services: ConsumeServices): Promise<void> {
  return consume("assessments", batch, services);
}

/** A batch of what the queue gave up on: recorded as failed and acked, or set aside for later. Never throws. */
export function consumeDeadLetters(batch: Batch, services: ConsumeServices): Promise<void> {
  return consume("dead-letters", batch, services);
}

/** A batch of what the edge counted: added to the books and acked, or set aside for later. Never throws. */
export function consumeAccounts(batch: Batch, services: ConsumeServices): Promise<void> {
  return consume("accounts", batch, services);
}

async function consume(kind: MessageKind, batch: Batch, services: ConsumeServices): Promise<void> {
  const startMs = services.nowMs();
  const outcome = await settle(kind, batch.messages, services);
  if (outcome.kind === "retried") batch.retryAll({ delaySeconds: retryDelaySeconds(batch) });
  else batch.ackAll();
  if (outcome.kind === "settled" && outcome.anomalies > 0) services.waitUntil(services.raiseNow());
  services.log({
    queue: batch.queue,
    messages: batch.messages.length,
    ...outcome,
    totalMs: services.nowMs() - startMs,
  });
}

type Outcome =
  | ({ kind: "settled" } & Settled)
  /** The database is away; the messages lie in the spool until it is back. */
  | { kind: "spooled"; cause: string }
  /** The spool is away as well; the queue keeps the messages. */
  | { kind: "retried"; cause: string };

async function settle(
  kind: MessageKind,
  messages: readonly QueueMessage[],
  services: ConsumeServices,
): Promise<Outcome> {
  try {
    return { kind: "settled", ...(await SETTLE[kind](messages, services)) };
  } catch (error) {
    return setAside(kind, messages, error, services);
  }
}

/** An outage must cost no retries of the queue, whose number is small: what is durable elsewhere can be acked. */
async function setAside(
  kind: MessageKind,
  messages: readonly QueueMessage[],
  error: unknown,
  services: ConsumeServices,
): Promise<Outcome> {
  try {
    await writeSpool(services.spool, spoolKey(services.nowMs(), services.newId("spl")), kind, messages);
    return { kind: "spooled", cause: describe(error) };
  } catch (spoolError) {
    return { kind: "retried", cause: `${describe(error)}; ${describe(spoolError)}` };
  }
}

/** 10 s, doubled with every attempt up to 15 min. */
function retryDelaySeconds(batch: Batch): number {
  const attempts = Math.max(1, ...batch.messages.map((message) => message.attempts));
  return Math.min(10 * 2 ** (attempts - 1), 900);
}
