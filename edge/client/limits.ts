import { LIMITS } from "../../shared/limits.ts";

/** Every figure of the client, in one place; what the edge sets comes from `shared/limits.ts`. */

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** What a shop may change, as it is when it does not. */
export const DEFAULTS = {
  batchEvents: LIMITS.batchEvents,
  batchMs: SECOND_MS,
  requestsMost: 1,
  requestDeadlineMs: 15 * SECOND_MS,
  assessDeadlineMs: 800,
  queueEvents: 10_000,
  queueBytes: 20_000_000,
  expireMs: 60 * MINUTE_MS,
} as const;

/** Flushing gives up after this long unless told otherwise. */
export const FLUSH_DEADLINE_MS = 10 * SECOND_MS;
/** Closing must fit into the time that a stopping server is given. */
export const CLOSE_DEADLINE_MS = 5 * SECOND_MS;

/** The first pause after a failure is drawn from 0 to this; each further failure doubles it, up to the longest. */
export const FIRST_PAUSE_MS = 500;
export const LONGEST_PAUSE_MS = 30 * SECOND_MS;
/** A longer `Retry-After` counts as this. */
export const RETRY_AFTER_MOST_MS = 10 * MINUTE_MS;
/** How often the edge may break at one event, sent alone, before it is given up. */
export const FAULTS_MOST = 10;

/** How often one assessment is asked for within its deadline, and the longest pause between. */
export const ASSESS_ATTEMPTS = 2;
export const ASSESS_PAUSE_MS = 100;

/** Smaller bodies are sent plain: packing them gains nothing. */
export const GZIP_BYTES = 1_000;
/** The longest that timers of all runtimes can wait: some 24 days. */
export const TIMER_MOST_MS = 2 ** 31 - 1;

/** What stands around the events of a batch. */
export const ENVELOPE_BYTES = 100;
/** What `sent_at` adds to an event. */
export const SENT_AT_BYTES = 40;
/** Of an answer; a hundred assessments have a tenth of it. */
export const ANSWER_BYTES = 4_000_000;
