import { countOnce } from "./accounts/count-once.ts";
import { readCounts } from "./accounts/read-counts.ts";
import { readIntake, type QueueMessage } from "./intake.ts";
import { tellStored } from "./live/tell.ts";
import { freshOf, SETTLE, storeRows, type SettleServices } from "./settle.ts";
import { parseEntry } from "./spool.ts";
import { recordFailures, resolveFailure, type FailedEventRow } from "./store/failed-events.ts";
import type { FailureKind } from "./store/schema.ts";

/** What came of a failure that was tried again. */
export interface Replayed {
  status: "stored" | "already_stored" | "failed";
  /** Why it failed again. */
  reason?: string;
  /** Anomalies among what was stored, which are to be raised. */
  anomalies: number;
}

/**
 * Runs what failed through the reading and the storing of today, and ends the failure when it has gone through. Two at once, or one
 * after the other, store once. A failure that has ended is left alone, so that nothing that was deleted since comes back.
 *
 * @throws what the driver throws when the database does not do its part; what is stored by then stays stored
 */
export async function replay(failure: FailedEventRow, services: SettleServices): Promise<Replayed> {
  const run = failure.resolvedAt === null ? await RUN[failure.kind](failure, services) : NOTHING_LEFT;
  const { fresh, isOver, reason, anomalies } = run;
  if (isOver) await resolveFailure(services.db, failure.id, fresh > 0 ? "stored" : "already stored");
  if (reason !== null) return { status: "failed", reason, anomalies };
  return { status: fresh > 0 ? "stored" : "already_stored", anomalies };
}

/** One run of a failure's payload. */
interface Run {
  /** What of it is new in the database. */
  fresh: number;
  /** Why it failed again, or a part of it. */
  reason: string | null;
  /** Whether all of it is stored, or recorded in smaller parts. */
  isOver: boolean;
  anomalies: number;
}

const NOTHING_LEFT: Run = { fresh: 0, reason: null, isOver: true, anomalies: 0 };

const RUN: Record<FailureKind, (failure: FailedEventRow, services: SettleServices) => Promise<Run>> = {
  assessments: runEvents,
  accounts: runCounts,
  spool: runEntry,
};

async function runEvents(failure: FailedEventRow, services: SettleServices): Promise<Run> {
  const { rows, failures } = readIntake([messageOf(failure)], services.nowMs());
  const outcome = await storeRows(services.db, rows);
  tellStored(services, freshOf(rows, outcome));
  const { stored, refused, anomalies } = outcome;
  const again = [...failures, ...refused];
  if (rows.length + failures.length === 1) {
    const reason = again[0]?.reason ?? null;
    return { fresh: stored.length, reason, isOver: reason === null, anomalies };
  }
  // It could not be taken apart before. From now on each of its events stands for itself.
  await recordFailures(services.db, again);
  return { fresh: stored.length, reason: partsFailed(again.length), isOver: true, anomalies };
}

async function runCounts(failure: FailedEventRow, services: SettleServices): Promise<Run> {
  const { counts, failures } = readCounts([messageOf(failure)]);
  const reason = failures[0]?.reason ?? null;
  return { fresh: await countOnce(services.db, counts), reason, isOver: reason === null, anomalies: 0 };
}

async function runEntry({ payload, reason }: FailedEventRow, services: SettleServices): Promise<Run> {
  const entry = typeof payload === "string" ? parseEntry(payload) : null;
  if (entry === null) return { fresh: 0, reason, isOver: false, anomalies: 0 };
  const { stored, failed, anomalies, counted = 0 } = await SETTLE[entry.kind](entry.messages, services);
  return { fresh: stored + counted, reason: partsFailed(failed), isOver: true, anomalies };
}

function partsFailed(parts: number): string | null {
  return parts === 0 ? null : `${parts} of its events failed, each of which is recorded by itself now`;
}

/** The message a payload was, under the id that the failure has from it. */
function messageOf({ id, payload }: FailedEventRow): QueueMessage {
  return { id: id.replace(/^fail_/, ""), body: payload };
}
