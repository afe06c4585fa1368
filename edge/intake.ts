import { examine } from "../shared/assess.ts";
import { factsOf } from "../shared/facts.ts";
import { FEATURE_NAMES, FEATURE_SET, featureVector } from "../shared/features/features.ts";
import type { ApiKeyRecord } from "../shared/keys.ts";
import { verdictOf, type Listable } from "../shared/lists.ts";
import type { Arrival, ArrivedEvent } from "../shared/message.ts";
import { DistinctRows } from "./distinct-rows.ts";
import { enrich, type Connection, type Enriched } from "./enrich.ts";
import type { LiveConfig } from "./live-config.ts";
import type { Scorer } from "./model/scorer.ts";
import { know, takeBack, type Known, type Stores } from "./profiles/know.ts";
import type { Pseudonymize } from "./privacy.ts";
import { publish, type Judged, type Put } from "./publish.ts";
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

/** The way of a request's events through the edge; one outcome an event, in order. */
export async function takeIn(intake: Intake, services: IntakeServices): Promise<Outcome[]> {
  const checked = intake.events.map((event) => validate(event, intake.sentAt, intake.key.kind, intake.receivedMs));
  const valid = checked.filter((result) => result.kind === "valid");
  const enriched = valid.map((one) => enrichOne(one, intake, services));
  const [known] = await Promise.all([
    know(enriched, services.stores, deadlineMs(valid.length, services)),
    services.live.ready(),
  ]);
  const underway = valid.map((one, index) => ({ valid: one, enriched: at(enriched, index), known: at(known, index) }));
  const scored = await score(underway, intake, services);
  const published = await publish(scored.events, scored.arrival, services.put);
  // A repeated event was taken in the first time; that it could not be sent again takes nothing back.
  const unsent = enriched.filter((_event, index) => !published[index] && !at(known, index).repeated);
  if (unsent.length > 0) services.stores.waitUntil(takeBack(unsent, services.stores));
  // Beside the answer, not before it: is there a newer model, are there other lists or settings?
  if (services.scorer.isDue()) services.stores.waitUntil(services.scorer.refresh());
  if (services.live.isDue()) services.stores.waitUntil(services.live.refresh());
  let next = 0;
  return checked.map((result) => {
    if (result.kind !== "valid") return result;
    const index = next++;
    return outcome(at(underway, index), at(scored.events, index), at(published, index));
  });
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
function outcome({ valid, known }: Underway, { verdict }: Judged, isPublished: boolean): Outcome {
  const { id } = valid.event;
  if (!isPublished) return { kind: "retry", id };
  return { kind: known.repeated ? "duplicate" : "accepted", id, verdict };
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
