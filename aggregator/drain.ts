import { describe } from "../shared/serve.ts";
import { SETTLE, type Settled, type SettleServices } from "./settle.ts";
import { deleteSpool, readSpool, spoolKeys, type SpoolBucket } from "./spool.ts";
import { isDatabaseAway } from "./store/db.ts";
import { recordFailures } from "./store/failed-events.ts";

/** One run ends before the next minute's begins. Two at once would be harmless: what is stored twice is stored once. */
const RUN_MS = 45_000;

interface DrainServices extends SettleServices {
  spool: SpoolBucket;
}

interface Drained {
  /** Entries of the spool that are in the database now, and gone. */
  entries: number;
  events: number;
  stored: number;
  failed: number;
  anomalies: number;
  /** Entries that could not be settled and stay for the next run. */
  left: number;
  /** Why the last of them stayed. */
  cause?: string;
}

/**
 * Brings what waits in the spool to the database, oldest first, until nothing is left, the time is up or the database is away.
 * An entry is deleted after its messages are stored, so a crash in between repeats it and loses nothing. Never throws.
 * Whoever calls raises the anomalies.
 */
export async function drainSpool(services: DrainServices): Promise<Drained> {
  const drained: Drained = { entries: 0, events: 0, stored: 0, failed: 0, anomalies: 0, left: 0 };
  const endMs = services.nowMs() + RUN_MS;
  try {
    for await (const key of spoolKeys(services.spool)) {
      if (services.nowMs() >= endMs) break;
      const more = await drainTolerantly(key, services, drained);
      if (!more) break;
    }
  } catch (error) {
    drained.cause = describe(error);
  }
  return drained;
}

/** Drains one entry. @returns whether the next is worth trying: an entry's own trouble does not hold up the others. */
async function drainTolerantly(key: string, services: DrainServices, drained: Drained): Promise<boolean> {
  try {
    const settled = await drainEntry(key, services);
    drained.entries += 1;
    drained.events += settled.events;
    drained.stored += settled.stored;
    drained.failed += settled.failed;
    drained.anomalies += settled.anomalies;
    return true;
  } catch (error) {
    drained.left += 1;
    drained.cause = describe(error);
    return !isDatabaseAway(error);
  }
}

const NOTHING: Settled = { events: 0, stored: 0, failed: 0, anomalies: 0 };

async function drainEntry(key: string, services: DrainServices): Promise<Settled> {
  const spooled = await readSpool(services.spool, key);
  if (spooled.kind === "gone") return NOTHING;
  const settled =
    spooled.kind === "entry"
      ? await SETTLE[spooled.entry.kind](spooled.entry.messages, services)
      : await buryEntry(key, spooled.text, services);
  await deleteSpool(services.spool, key);
  return settled;
}

async function buryEntry(key: string, text: string, { db }: DrainServices): Promise<Settled> {
  const reason = "an entry of the spool that cannot be read";
  return {
    ...NOTHING,
    failed: await recordFailures(db, [{ id: `fail_${key}`, event_id: null, reason, payload: text, kind: "spool" }]),
  };
}
