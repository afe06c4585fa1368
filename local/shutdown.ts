import { drain, type DrainOptions, type DrainOutcome } from "./drain.ts";

/** How long what was accepted may take to be stored in the usual way; at rest it takes as long as it must be quiet. */
const STORE_MS = 2_500;
/**
 * How long the rest may take to be set aside. Some 15,000 events a second are, so that all ends within 10 s unless there was far more
 * to store than this machine can; then it takes longer, as losing them would be worse.
 */
const SET_ASIDE_MS = 22_000;
/** Longer than the aggregator works on its largest batch without its queue or its database showing it. */
const QUIET_MS = 1_000;

export interface Drainable extends Omit<DrainOptions, "deadlineMs" | "quietMs"> {
  /** Take the database away. */
  closeDatabase(): Promise<unknown>;
}

/**
 * Bring everything that was accepted to a place that survives the end of this process.
 *
 * What cannot be stored in time is set aside: without a database the aggregator writes its messages to its spool, which is quick, lies
 * in the data folder, and is stored at the next start.
 *
 * @returns as `drain` does: whether anything was left in the queue, and so is lost
 */
export async function keepAccepted({ closeDatabase, ...work }: Drainable): Promise<DrainOutcome> {
  const stored = await drain({ ...work, deadlineMs: STORE_MS, quietMs: QUIET_MS });
  if (stored.kind === "drained") return stored;
  const [setAside] = await Promise.all([
    drain({ ...work, deadlineMs: SET_ASIDE_MS, quietMs: QUIET_MS }),
    closeDatabase(),
  ]);
  return setAside;
}
