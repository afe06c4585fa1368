import { assess, type DecisionSettings } from "../shared/assess.ts";
import type { Assessment } from "../shared/assessment.ts";
import { factsOf, FEATURE_NAMES, FEATURE_SET, featureVector } from "../shared/features.ts";
import type { ApiKeyRecord } from "../shared/keys.ts";
import { MESSAGE_VERSION, type IntakeMessage, type ScoredEvent } from "../shared/message.ts";
import { enrich, type Connection, type Enriched } from "./enrich.ts";
import type { Scorer, Scores } from "./model/scorer.ts";
import { know, takeBack, type Known, type Stores } from "./profiles/know.ts";
import type { Pseudonymize } from "./privacy.ts";
import { publish, type WrittenMessage } from "./publish.ts";
import type { ReadEvent } from "./read-events.ts";
import { validate, type Rejected, type Valid } from "./validate.ts";

export interface IntakeServices {
  decision: DecisionSettings;
  profileDeadlineMs: number;
  stores: Stores;
  scorer: Scorer;
  pseudonymize: Pseudonymize;
  send(message: WrittenMessage): Promise<unknown>;
}

/** One request's events and how they came. */
export interface Intake {
  events: readonly ReadEvent[];
  /** Of the batch; an event's own goes first. */
  sentAt: string | undefined;
  key: ApiKeyRecord;
  requestId: string;
  connection: Connection;
  /** By our clock, when the request came. */
  receivedMs: number;
}

export type Outcome =
  | Rejected
  | { kind: "accepted" | "duplicate"; id: string; assessment: Assessment }
  | { kind: "retry"; id: string };

/** A valid event on its way. */
interface Underway {
  valid: Valid;
  enriched: Enriched;
  known: Known;
}

/** The way of a request's events through the edge; one outcome an event, in order. */
export async function takeIn(intake: Intake, services: IntakeServices): Promise<Outcome[]> {
  const checked = intake.events.map((event) => validate(event, intake.sentAt, intake.key.kind, intake.receivedMs));
  const valid = checked.filter((result) => result.kind === "valid");
  const enriched = await Promise.all(valid.map((one) => enrichOne(one, intake, services)));
  const known = await know(enriched, services.stores, deadlineMs(valid.length, services));
  const underway = valid.map((one, index) => ({ valid: one, enriched: at(enriched, index), known: at(known, index) }));
  const scored = await score(underway, intake, services);
  const published = await publish(scored, envelope(intake), services.send);
  // A repeated event was taken in the first time; that it could not be sent again takes nothing back.
  const unsent = enriched.filter((_event, index) => !published[index] && !at(known, index).repeated);
  if (unsent.length > 0) services.stores.waitUntil(takeBack(unsent, services.stores));
  // Beside the answer, not before it: is there a newer model?
  services.stores.waitUntil(services.scorer.refresh());
  const outcomes = new Map(
    underway.map((one, index) => [one.valid, outcome(one, at(scored, index), at(published, index))]),
  );
  return checked.map((result) => (result.kind === "valid" ? (outcomes.get(result) as Outcome) : result)); // every valid event was scored
}

function enrichOne(
  { event, timestamp }: Valid,
  { key, connection }: Intake,
  { pseudonymize }: IntakeServices,
): Promise<Enriched> {
  return enrich(event, timestamp, key.kind, connection, pseudonymize);
}

/** A shopper waits for a single event; nobody waits for a batch. */
function deadlineMs(events: number, { profileDeadlineMs }: IntakeServices): number {
  return events > 1 ? profileDeadlineMs * 10 : profileDeadlineMs;
}

function envelope({ requestId, key }: Intake): Omit<IntakeMessage, "events"> {
  return { v: MESSAGE_VERSION, request_id: requestId, key_id: key.id };
}

/**
 * A duplicate is published like any other: should the first one have been lost on its way, this one is stored; otherwise nothing
 * happens, as an id is stored once.
 */
function outcome({ known }: Underway, { event, assessment }: ScoredEvent, isPublished: boolean): Outcome {
  if (!isPublished) return { kind: "retry", id: event.id };
  return { kind: known.repeated ? "duplicate" : "accepted", id: event.id, assessment };
}

async function score(
  underway: readonly Underway[],
  { key, receivedMs }: Intake,
  { scorer, decision }: IntakeServices,
): Promise<ScoredEvent[]> {
  if (underway.length === 0) return [];
  const width = FEATURE_NAMES.length;
  const facts = underway.map(({ enriched: { event, signals }, known }) => factsOf(event, signals, known.knowledge));
  const rows = new Float32Array(facts.length * width);
  facts.forEach((one, index) => rows.set(featureVector(one), index * width));
  const scores = await scorer.score(rows, facts.length);
  const receivedAt = new Date(receivedMs).toISOString();
  return underway.map(({ valid, enriched, known }, index) => {
    const vector = rows.subarray(index * width, (index + 1) * width);
    const degraded = [...known.degraded, ...scores.degraded];
    return {
      event: enriched.event,
      timestamp_source: valid.timestampSource,
      received_at: receivedAt,
      source: key.kind,
      repeated: known.repeated,
      signals: enriched.signals,
      feature_set: FEATURE_SET,
      features: Array.from(vector),
      assessment: assess(at(facts, index), vector, modelOutput(scores, index), scores.calibration, decision, degraded),
      runtime: scores.runtime,
    };
  });
}

/** An element that is there because the lists are equally long. */
function at<T>(list: readonly T[], index: number): T {
  if (index >= list.length) throw new RangeError("the lists differ in length");
  return list[index] as T; // just checked
}

function modelOutput({ raw, version }: Scores, index: number) {
  const value = raw?.[index];
  return value === undefined || version === null ? null : { raw: value, version };
}
