/// <reference types="node" />
import { readFileSync } from "node:fs";
import { sql } from "drizzle-orm";
import { FEATURE_NAMES, FEATURE_SET } from "../../shared/features/features.ts";
import { exponential, seededRandom, type Random } from "../../shared/random.ts";
import { testBucket } from "../models/test-bucket.ts";
import { testRegistry } from "../models/test-registry.ts";
import type { Db } from "../store/db.ts";
import { DAY_MS } from "./row.ts";
import { findRun } from "./run-rows.ts";
import { runTraining } from "./run-training.ts";
import type { LearnServices, StepRunner } from "./services.ts";
import { startManualRun, type StartServices } from "./start.ts";
import type { WorkBucket } from "./work-files.ts";
import { WINDOW_DAYS } from "./window.ts";

/** A bucket in memory that behaves like R2 where runs use it. Functions given replace its own. */
export function testWorkBucket(faults: Partial<WorkBucket> = {}): WorkBucket & { files: Map<string, Uint8Array> } {
  const bucket = testBucket();
  return {
    ...bucket,
    async delete(keys) {
      for (const key of keys) bucket.files.delete(key);
    },
    async list({ prefix }) {
      const keys = [...bucket.files.keys()].filter((key) => key.startsWith(prefix)).toSorted();
      return { objects: keys.map((key) => ({ key })), truncated: false };
    },
    ...faults,
  };
}

/** The release that a deployment brings, as the files of the repository hold it. */
export async function bundledRelease() {
  const file = (ending: string) => readFileSync(new URL(`../../models/global@v0.${ending}`, import.meta.url).pathname);
  const json = (ending: string): unknown => JSON.parse(file(ending).toString());
  return { onnx: new Uint8Array(file("onnx")), card: json("card.json"), calibration: json("calibration.json") };
}

/** Does each step at once. */
export const atOnce: StepRunner = (_name, work) => work();

/** A vector with every feature in it, small where none is large: nothing about it is unusual. */
function ordinaryVector(random: Random): number[] {
  return FEATURE_NAMES.map(() => Math.fround(exponential(random, 1)));
}

/** What a shop's stored payments are like. */
interface StoredTraffic {
  fromMs: number;
  days: number;
  perDay: number;
  /** Of them, frauds a day, which everybody knows of: two of their features are large. */
  fraudsPerDay?: number;
  /** Payments a day, on each of these days, that look like fraud and that nobody has looked at. */
  wave?: { perDay: number; fromDay: number; toDay: number };
  seed?: number;
}

/** Puts payments into the database as they are once they were scored and stored; for what is learned of them nothing else matters. */
export async function storePayments(
  db: Db,
  { fromMs, days, perDay, fraudsPerDay = 0, wave, seed = 1 }: StoredTraffic,
): Promise<void> {
  const random = seededRandom(seed);
  const rows: unknown[] = [];
  for (let day = 0; day < days; day++) {
    const waved = wave !== undefined && day >= wave.fromDay && day < wave.toDay ? wave.perDay : 0;
    for (let index = 0; index < perDay + fraudsPerDay + waved; index++) {
      const isFraud = index >= perDay && index < perDay + fraudsPerDay;
      const features = ordinaryVector(random);
      if (index >= perDay) for (const at of [0, 4]) features[at] = 12 + Math.fround(random());
      const at = new Date(fromMs + day * DAY_MS + Math.floor(random() * DAY_MS)).toISOString();
      rows.push({
        id: `evt_${seed}_${day}_${index}`,
        at,
        features,
        is_fraud: isFraud,
        value: 20 + 100 * Number(isFraud),
      });
    }
  }
  await db.execute(sql`
    INSERT INTO events (id, name, occurred_at, received_at, timestamp_source, source, request_id, key_id, value, currency, score,
      anomaly, event, signals, feature_set, features, assessment, runtime, v, label, labelled_at, fraud_known_at)
    SELECT id, 'purchase', at, at, 'sender', 'secret', 'req_1', 'key_1', value, 'EUR', 0.1, false, '{}', '{}', ${FEATURE_SET},
      features, '{"threshold":0.6}', 'plain', 2, CASE WHEN is_fraud THEN 'fraud' END, CASE WHEN is_fraud THEN at END,
      CASE WHEN is_fraud THEN at END
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS row (
      id text, at timestamptz, features real[], is_fraud boolean, value numeric
    )`);
}

/** What training needs, on a database of a test: the real registry, a bucket in memory, a clock that the test sets. */
export async function testLearning(db: Db, changes: Partial<LearnServices> = {}) {
  const clock = { nowMs: 0 };
  const started: string[] = [];
  const models = testWorkBucket();
  const registry = await testRegistry(db, { bundled: bundledRelease, nowMs: () => clock.nowMs });
  const services: LearnServices & StartServices = {
    ...registry.services,
    models,
    checkDrift: async () => ({ level: "none" }),
    startTraining: async (runId) => void started.push(runId),
    restartTraining: async (runId) => void started.push(`${runId} anew`),
    ...changes,
  };

  /** A run that somebody asks for, from its beginning to its end. */
  async function run({ dryRun = false, windowDays }: { dryRun?: boolean; windowDays?: number } = {}) {
    const asked = { dryRun, windowDays: windowDays ?? WINDOW_DAYS.usual, reason: null, by: "key_1" };
    const { runId } = await startManualRun(services, asked);
    await runTraining(services, runId, atOnce);
    const ended = await findRun(db, runId);
    if (ended === null) throw new Error("the run is gone");
    return ended;
  }
  return { services, models, clock, started, run, lines: registry.lines };
}
