import type { ScoredEvent } from "../shared/message.ts";
import { portions } from "../shared/portions.ts";
import { countOnce } from "./accounts/count-once.ts";
import { readCounts } from "./accounts/read-counts.ts";
import { asFailures, readIntake, type IntakeRow, type QueueMessage } from "./intake.ts";
import { tellStored, type LiveServices } from "./live/tell.ts";
import type { MessageKind } from "./spool.ts";
import { isRowFault, sqlState, type Db } from "./store/db.ts";
import { storeEvents, type Stored } from "./store/events.ts";
import { recordFailures, type FailedEvent } from "./store/failed-events.ts";

export interface SettleServices extends LiveServices {
  db: Db;
  nowMs(): number;
}

/** What became of some messages. */
export interface Settled {
  /** Events the messages hold. */
  events: number;
  /** Of them new in the database; the rest was there already, or failed. */
  stored: number;
  /** Failures that are newly recorded. */
  failed: number;
  /** Of those stored the anomalies, which are to be raised. */
  anomalies: number;
  /** Of messages of counts, how many were not counted before. */
  counted?: number;
}

/**
 * Brings messages to their end in the database: when it resolves, every event is a row or a recorded failure,
 * and every count in the books. The same messages again change nothing.
 *
 * @throws when the database cannot be reached or does not do its part; some of the events may be stored by then
 */
export const SETTLE: Record<
  MessageKind,
  (messages: readonly QueueMessage[], services: SettleServices) => Promise<Settled>
> = { assessments: storeMessages, "dead-letters": recordDeadLetters, accounts: countMessages };

async function storeMessages(messages: readonly QueueMessage[], services: SettleServices): Promise<Settled> {
  const { rows, failures } = readIntake(messages, services.nowMs());
  const outcome = await storeRows(services.db, rows);
  tellStored(services, freshOf(rows, outcome));
  return {
    events: rows.length + failures.length,
    stored: outcome.stored.length,
    failed: await recordFailures(services.db, [...failures, ...outcome.refused]),
    anomalies: outcome.anomalies,
  };
}

/** Of rows those that are new in the database; of an id that came twice, the first. */
export function freshOf(rows: readonly IntakeRow[], { stored }: Stored): ScoredEvent[] {
  const fresh = new Set(stored);
  return rows.filter(({ id }) => fresh.delete(id)).map(({ scored }) => scored);
}

async function recordDeadLetters(messages: readonly QueueMessage[], { db }: SettleServices): Promise<Settled> {
  const failures = asFailures(messages, "given up by the queue after its last retry");
  return { events: failures.length, stored: 0, failed: await recordFailures(db, failures), anomalies: 0 };
}

async function countMessages(messages: readonly QueueMessage[], { db }: SettleServices): Promise<Settled> {
  const { counts, failures } = readCounts(messages);
  let counted = 0;
  for (const portion of portions(counts, ({ minutes }) => minutes.length, { sizeMost: STATEMENT_MINUTES }))
    counted += await countOnce(db, portion);
  return { events: 0, stored: 0, failed: await recordFailures(db, failures), anomalies: 0, counted };
}

/** Minutes of counts in one statement: the rows of each are up to 1 KB as JSON. */
const STATEMENT_MINUTES = 2_000;

/** The rows of one statement, in UTF-16 units: well below what Neon takes in one request. */
const STATEMENT_LENGTH = 2_000_000;

type Outcome = Stored & { refused: FailedEvent[] };

/** Stores rows, each of which is new, was there already, or is refused for itself alone. */
export async function storeRows(db: Db, rows: readonly IntakeRow[]): Promise<Outcome> {
  const outcome: Outcome = { stored: [], anomalies: 0, refused: [] };
  for (const portion of portions(rows, ({ line }) => line.length, { sizeMost: STATEMENT_LENGTH }))
    append(outcome, await storeApart(db, portion));
  return outcome;
}

function append(outcome: Outcome, more: Outcome): void {
  outcome.stored.push(...more.stored);
  outcome.anomalies += more.anomalies;
  outcome.refused.push(...more.refused);
}

/** Stores rows in one statement; when one of them is to blame for its failing, halves until that one stands alone. */
async function storeApart(db: Db, rows: readonly IntakeRow[]): Promise<Outcome> {
  try {
    return { ...(await storeWhenFree(db, rows)), refused: [] };
  } catch (error) {
    if (!isRowFault(error)) throw error;
    const [only] = rows;
    if (only !== undefined && rows.length === 1) {
      const reason = `refused by the database: SQLSTATE ${sqlState(error)}`;
      return { stored: [], anomalies: 0, refused: [only.failedFor(reason)] };
    }
  }
  const middle = Math.ceil(rows.length / 2);
  const outcome = await storeApart(db, rows.slice(0, middle));
  append(outcome, await storeApart(db, rows.slice(middle)));
  return outcome;
}

/** Serialization failure and deadlock: another statement was in the way of this one, which is nobody's fault. */
const IN_THE_WAY: ReadonlySet<string | null> = new Set(["40001", "40P01"]);
const TRIES = 3;

/** Tries again at once: by the time Postgres gives up on one of two statements, the other goes on. */
async function storeWhenFree(db: Db, rows: readonly IntakeRow[]): Promise<Stored> {
  for (let tried = 1; ; tried++) {
    try {
      return await storeEvents(db, rows);
    } catch (error) {
      if (tried === TRIES || !IN_THE_WAY.has(sqlState(error))) throw error;
    }
  }
}
