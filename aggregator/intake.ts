import type * as z from "zod";
import { compileCheck } from "../shared/checker.ts";
import { EventId } from "../shared/event.ts";
import { IntakeEnvelope, messageOfOne, ScoredEvent, wholeEvents } from "../shared/message.ts";
import { fieldErrors } from "../shared/serve.ts";
import { eventRow, type EventRow } from "./store/events.ts";
import type { FailedEvent } from "./store/failed-events.ts";

/** What is read of a queue message; also what is spooled of it. */
export interface QueueMessage {
  /** The queue's own id, the same on every delivery. */
  id: string;
  body: unknown;
}

/** An event that can be stored, with the failure to record should the database refuse it. */
export interface IntakeRow extends EventRow {
  scored: ScoredEvent;
  /** The failure it becomes; made when asked for, as hardly any is. */
  failedFor(reason: string): FailedEvent;
}

/** What a batch of messages holds: rows to store, and failures to record in their place. */
export interface Intake {
  rows: IntakeRow[];
  failures: FailedEvent[];
}

/** Reads queue messages, event by event: what does not parse costs itself alone. */
export function readIntake(messages: readonly QueueMessage[], nowMs: number): Intake {
  const intake: Intake = { rows: [], failures: [] };
  for (const message of messages) {
    for (const part of partsOf(message)) {
      if ("reason" in part) {
        intake.failures.push(part);
        continue;
      }
      const { requestId, keyId, event, failedFor } = part;
      const scored = parseScored(event);
      if (scored.success) {
        const { id, line, copy } = eventRow(scored.data, { requestId, keyId, nowMs });
        intake.rows.push({ id, line, copy, scored: scored.data, failedFor });
      } else {
        intake.failures.push(failedFor(`not a scored event: ${inWords(scored.error)}`));
      }
    }
  }
  return intake;
}

const isScored = compileCheck(ScoredEvent) as (value: unknown) => value is ScoredEvent; // of what it takes zod makes the same

/** What `ScoredEvent` makes of a value, several times as fast where there is nothing wrong with it. */
function parseScored(value: unknown): z.ZodSafeParseResult<ScoredEvent> {
  return isScored(value) ? { success: true, data: value } : ScoredEvent.safeParse(value);
}

/** Messages as failures for a reason that is none of their content's: one per event where they can be taken apart. */
export function asFailures(messages: readonly QueueMessage[], reason: string): FailedEvent[] {
  return messages.flatMap(partsOf).map((part) => ("reason" in part ? part : part.failedFor(reason)));
}

interface Part {
  requestId: string;
  keyId: string;
  event: unknown;
  failedFor(reason: string): FailedEvent;
}

function partsOf(message: QueueMessage): (Part | FailedEvent)[] {
  const body = fromText(message.body);
  const envelope = IntakeEnvelope.safeParse(body);
  if (!envelope.success) {
    const reason = `not an intake message: ${inWords(envelope.error)}`;
    return [{ id: `fail_${message.id}`, event_id: null, reason, payload: body }];
  }
  return wholeEvents(envelope.data).map((whole, index) => {
    const { request_id: requestId, key_id: keyId, event } = whole;
    const failedFor = (reason: string): FailedEvent => ({
      id: `fail_${message.id}_${index}`,
      event_id: eventIdOf(event),
      reason,
      payload: messageOfOne(whole),
    });
    return { requestId, keyId, event, failedFor };
  });
}

/** The edge writes a message as JSON; one that was set aside, or is of version 1, comes as a value. What is no JSON stays a text. */
function fromText(body: unknown): unknown {
  if (typeof body !== "string") return body;
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

function eventIdOf(scored: unknown): string | null {
  const event = typeof scored === "object" && scored !== null && "event" in scored ? scored.event : null;
  const id = typeof event === "object" && event !== null && "id" in event ? event.id : null;
  return EventId.safeParse(id).data ?? null;
}

/** Where and how something does not match, without its values. */
export function inWords(error: z.ZodError): string {
  return fieldErrors(error)
    .map(({ pointer, detail }) => `${pointer || "/"} ${detail}`)
    .join("; ");
}
