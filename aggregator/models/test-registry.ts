import { newId } from "../../shared/ids.ts";
import { testRelease, type TestRelease } from "../../shared/test-release.ts";
import type { Db } from "../store/db.ts";
import { NOW_MS } from "../test-events.ts";
import type { RegistryServices } from "./registry.ts";
import type { ReleaseNames } from "./release.ts";
import { saveCandidate } from "./save-candidate.ts";
import { testBucket } from "./test-bucket.ts";

/** A release as small as a test needs it, in the place of the one that a deployment brings. */
const bundled = testRelease({ version: "global@v0" });

/** What the registry needs, with KV as a Map and a clock that goes on by a minute with each release. */
export async function testRegistry(db: Db, changes: Partial<RegistryServices> = {}) {
  const kv = new Map<string, unknown>();
  const lines: Record<string, unknown>[] = [];
  const late: Promise<unknown>[] = [];
  const models = testBucket();
  const state = { nowMs: NOW_MS, ids: 0 };
  const baseline = await bundled;
  const services: RegistryServices = {
    db,
    models,
    bundled: async () => baseline,
    keyCopies: { put: async (entry, value) => void kv.set(entry, JSON.parse(value)) },
    nowMs: () => state.nowMs,
    random: () => 0.5,
    newId: (prefix) => newId(prefix, state.nowMs, new Uint8Array(10).fill(++state.ids)),
    fetch: () => Promise.reject(new Error("nothing goes out in this test")),
    retryLater: async () => undefined,
    waitUntil: (work) => void late.push(work),
    config: { allowLocalWebhooks: false, publicUrl: "https://pulse.example" },
    log: (line) => void lines.push(line),
    ...changes,
  };
  /** A later moment, so that what is made next is newer. */
  const later = () => void (state.nowMs += 60_000);
  return { services, models, kv, lines, late, state, later, baseline };
}

/** Saves what `testRelease` makes as a training run would. */
export async function saveTestRelease(
  services: RegistryServices,
  { card, onnx, calibration, client }: TestRelease,
  { runId, version }: { runId: string; version?: string },
): Promise<ReleaseNames> {
  const fitted = { ...calibration, version: version ?? calibration.version };
  return saveCandidate(services, {
    model: { card, onnx },
    ...(client === null ? {} : { client }),
    calibration: { calibration: fitted, rows: 1_000, days: 28, summary: { alerts_per_day: 12 } },
    runId,
  });
}
