import { assessExamined, examine, shadowOf, type DecisionSettings, type Examined } from "../shared/assess.ts";
import type { Assessment, Shadow } from "../shared/assessment.ts";
import { factsOf } from "../shared/facts.ts";
import { FEATURE_NAMES, FEATURE_SET, featureVector } from "../shared/features/features.ts";
import { heedLists } from "../shared/heed-lists.ts";
import type { ApiKeyRecord } from "../shared/keys.ts";
import { verdictOf, type Listable } from "../shared/lists.ts";
import { MESSAGE_VERSION, type IntakeMessage, type ScoredEvent } from "../shared/message.ts";
import { enrich, type Connection, type Enriched } from "./enrich.ts";
import type { LiveConfig } from "./live-config.ts";
import type { Scorer } from "./model/scorer.ts";
import { outputAt, type ReleaseScores } from "./model/scores.ts";
import { know, takeBack, type Known, type Stores } from "./profiles/know.ts";
import type { Pseudonymize } from "./privacy.ts";
import { publish, type WrittenMessage } from "./publish.ts";
import type { ReadEvent } from "./read-events.ts";
import { validate, type Rejected, type Valid } from "./validate.ts";

export interface IntakeServices {
  live: LiveConfig;
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
  const enriched = valid.map((one) => enrichOne(one, intake, services));
  const [known] = await Promise.all([
    know(enriched, services.stores, deadlineMs(valid.length, services)),
    services.live.ready(),
  ]);
  const underway = valid.map((one, index) => ({ valid: one, enriched: at(enriched, index), known: at(known, index) }));
  const scored = await score(underway, intake, services);
  const published = await publish(scored, envelope(intake), services.send);
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
    return outcome(at(underway, index), at(scored, index), at(published, index));
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
  { scorer, live }: IntakeServices,
): Promise<ScoredEvent[]> {
  if (underway.length === 0) return [];
  const { settings, lists, degraded: unread } = live.current();
  const width = FEATURE_NAMES.length;
  const rows = new Float32Array(underway.length * width);
  const examined = underway.map(({ enriched: { event, signals }, known }, index) => {
    const facts = factsOf(event, signals, known.knowledge, known.sighting);
    const vector = featureVector(facts, rows.subarray(index * width, (index + 1) * width));
    return examine(facts, vector, settings.rules);
  });
  const acts = examined.map(({ facts }) => facts.seen.act);
  const scores = await scorer.score(rows, acts);
  const receivedAt = new Date(receivedMs).toISOString();
  const missing = [...scores.degraded, ...unread];
  return underway.map(({ valid, enriched, known }, index) => {
    const seen = at(examined, index);
    const listed = verdictOf(lists, listable(enriched), receivedMs);
    const output = outputAt(scores, index);
    const degraded = missing.length === 0 ? known.degraded : known.degraded.concat(missing);
    return {
      event: enriched.event,
      timestamp_source: valid.timestampSource,
      received_at: receivedAt,
      source: key.kind,
      repeated: known.repeated,
      signals: enriched.signals,
      feature_set: FEATURE_SET,
      features: numbersOf(seen.vector),
      rules: seen.rules,
      assessment: heedLists(assessExamined(seen, output, scores.calibration, settings, degraded), listed),
      shadow: scores.shadow === null ? null : shadowAt(scores.shadow, index, seen, settings),
      runtime: scores.runtime,
    };
  });
}

/** A loop: `Array.from` takes twenty times as long, more than all else about a vector. */
function numbersOf(vector: Float32Array): number[] {
  // oxlint-disable-next-line unicorn/no-new-array -- as long as it will be: growing takes longer than filling
  const numbers = new Array<number>(vector.length);
  for (let index = 0; index < vector.length; index++) numbers[index] = vector[index] as number; // within the vector
  return numbers;
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

function shadowAt(scores: ReleaseScores, index: number, examined: Examined, settings: DecisionSettings): Shadow | null {
  const output = outputAt(scores, index);
  return output === null ? null : shadowOf(examined, output, scores.calibration, settings);
}
