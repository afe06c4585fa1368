import { examine } from "../shared/assess.ts";
import { Deadlines } from "../shared/deadline.ts";
import { factsOf } from "../shared/facts.ts";
import { FEATURE_NAMES, FEATURE_SET, featureVector } from "../shared/features/features.ts";
import type { ApiKeyRecord } from "../shared/keys.ts";
import { verdictOf, type Listable } from "../shared/lists.ts";
import type { Arrival, ArrivedEvent } from "../shared/message.ts";
import { DistinctRows } from "./distinct-rows.ts";
import { enrich, type Connection, type Enriched } from "./enrich.ts";
import type { LiveConfig } from "./live-config.ts";
import type { Scorer } from "./model/scorer.ts";
import { know, takeBack, type Known, type Learned, type Stores } from "./profiles/know.ts";
import type { Pseudonymize } from "./privacy.ts";
import { linesOf, publish, type Judged, type Line, type Put } from "./publish.ts";
import type { ReadEvent } from "./read-events.ts";
import { validate, type Rejected, type Valid } from "./validate.ts";
import { Verdicts, type Look, type WrittenVerdict } from "./verdicts.ts";

export interface IntakeServices {
  live: LiveConfig;
  profileDeadlineMs: number;
  stores: Stores;
  scorer: Scorer;
  pseudonymize: Pseudonymize;
  put: Put;
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
  | { kind: "accepted" | "duplicate"; id: string; verdict: WrittenVerdict }
  | { kind: "retry"; id: string };

/** A valid event on its way. */
interface Underway {
  valid: Valid;
  enriched: Enriched;
  known: Known;
}

/** What is still asked of an event when it is written. */
interface Written extends Learned {
  verdict: WrittenVerdict;
  repeated: boolean;
}

/** The way of a request's events through the edge; one outcome an event, in order. */
export async function takeIn(intake: Intake, services: IntakeServices): Promise<Outcome[]> {
  const checked = checkAll(intake);
  return inPlaces(checked.map(asRejected), await takeValid(checked.filter(isValid), intake, services));
}

function checkAll({ events, sentAt, key, receivedMs }: Intake): (Valid | Rejected)[] {
  return events.map((event) => validate(event, sentAt, key.kind, receivedMs));
}

function isValid(result: Valid | Rejected): result is Valid {
  return result.kind === "valid";
}

function asRejected(result: Valid | Rejected): Rejected | null {
  return isValid(result) ? null : result;
}

/** @param taken the outcomes of those that were not rejected, in order */
function inPlaces(rejected: readonly (Rejected | null)[], taken: readonly Outcome[]): Outcome[] {
  let next = 0;
  return rejected.map((result) => result ?? at(taken, next++));
}

/**
 * While the queue is waited for, nothing here holds the events any more, as text is all that is left to do with them: whatever the
 * batches under way hold outlives a collection of garbage, and makes it longer.
 */
async function takeValid(valid: readonly Valid[], intake: Intake, services: IntakeServices): Promise<Outcome[]> {
  const deadlines = new Deadlines();
  try {
    const { lines, written } = await knowAndScore(valid, intake, services, deadlines);
    const published = await publish(lines, services.put, deadlines);
    afterwards(written, published, services);
    return written.map((one, index) => outcome(one, at(published, index)));
  } finally {
    deadlines.end();
  }
}

async function knowAndScore(
  valid: readonly Valid[],
  intake: Intake,
  services: IntakeServices,
  deadlines: Deadlines,
): Promise<{ lines: Line[]; written: Written[] }> {
  const enriched = valid.map((one) => enrichOne(one, intake, services));
  const [known] = await Promise.all([
    know(enriched, services.stores, deadlines, deadlineMs(valid.length, services)),
    services.live.ready(),
  ]);
  const underway = valid.map((one, index) => ({ valid: one, enriched: at(enriched, index), known: at(known, index) }));
  const { events, arrival } = await score(underway, intake, services);
  const written = underway.map(({ valid: { event }, known: { repeated, stores } }, index): Written => {
    return { id: event.id, verdict: at(events, index).verdict, repeated, stores };
  });
  return { lines: linesOf(events, arrival), written };
}

/** What goes on beside the answer. */
function afterwards(
  written: readonly Written[],
  published: readonly boolean[],
  { stores, scorer, live }: IntakeServices,
): void {
  // A repeated event was taken in the first time; that it could not be sent again takes nothing back.
  const unsent = written.filter(({ repeated }, index) => !published[index] && !repeated);
  if (unsent.length > 0) stores.waitUntil(takeBack(unsent, stores));
  // Is there a newer model, are there other lists or settings?
  if (scorer.isDue()) stores.waitUntil(scorer.refresh());
  if (live.isDue()) stores.waitUntil(live.refresh());
}

function enrichOne(
  { event, timestamp }: Valid,
  { key, connection }: Intake,
  { pseudonymize }: IntakeServices,
): Enriched {
  return enrich(event, timestamp, key.kind, connection, pseudonymize);
}

/** A shopper waits for a single event; nobody waits for a batch. */
function deadlineMs(events: number, { profileDeadlineMs }: IntakeServices): number {
  return events > 1 ? profileDeadlineMs * 10 : profileDeadlineMs;
}

/**
 * A duplicate is published like any other: should the first one have been lost on its way, this one is stored; otherwise nothing
 * happens, as an id is stored once.
 */
function outcome({ id, verdict, repeated }: Written, isPublished: boolean): Outcome {
  if (!isPublished) return { kind: "retry", id };
  return { kind: repeated ? "duplicate" : "accepted", id, verdict };
}

/** All events of a request as they go to the queue. */
interface Scored {
  arrival: Arrival;
  events: Judged[];
}

async function score(
  underway: readonly Underway[],
  { key, requestId, receivedMs }: Intake,
  { scorer, live }: IntakeServices,
): Promise<Scored> {
  const arrival = {
    request_id: requestId,
    key_id: key.id,
    received_at: new Date(receivedMs).toISOString(),
    source: key.kind,
    feature_set: FEATURE_SET,
  };
  if (underway.length === 0) return { arrival: { ...arrival, runtime: "none" }, events: [] };
  const { settings, lists, degraded: unread } = live.current();
  const distinct = new DistinctRows(FEATURE_NAMES.length, underway.length);
  const looks = underway.map(({ enriched: { event, signals }, known }): Look => {
    const facts = factsOf(event, signals, known.knowledge, known.sighting);
    const row = distinct.add(facts.seen.act, (vector) => featureVector(facts, vector));
    return { row, examined: examine(facts, distinct.vectorAt(row), settings.rules) };
  });
  const scores = await scorer.score(distinct.rows, distinct.acts);
  const missing = [...scores.degraded, ...unread];
  const verdicts = new Verdicts(scores, settings);
  const events = underway.map(({ valid, enriched, known }, index): Judged => {
    const look = at(looks, index);
    const degraded = missing.length === 0 ? known.degraded : known.degraded.concat(missing);
    const listed = verdictOf(lists, listable(enriched), receivedMs);
    return { arrived: arrivedEvent(valid, enriched, known), verdict: verdicts.of(look, degraded, listed) };
  });
  return { arrival: { ...arrival, runtime: scores.runtime }, events };
}

function arrivedEvent({ timestampSource }: Valid, { event, signals }: Enriched, { repeated }: Known): ArrivedEvent {
  return { event, timestamp_source: timestampSource, repeated, signals };
}

/** What the lists are asked about. */
function listable({ event, signals, address }: Enriched): Listable {
  return {
    userId: event.user_id,
    card: event.payment?.card_fingerprint,
    emailHash: event.email_hash,
    emailDomain: event.email_domain,
    address,
    country: signals.country,
  };
}

/** An element that is there because the lists are equally long. */
function at<T>(list: readonly T[], index: number): T {
  if (index >= list.length) throw new RangeError("the lists differ in length");
  return list[index] as T; // just checked
}
