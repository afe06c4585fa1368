import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { rollback } from "../models/rollback.ts";
import type { Db } from "../store/db.ts";
import { testDatabase } from "../store/test-database.ts";
import { DAY_MS } from "./row.ts";
import { endDeadRuns, findRun } from "./run-rows.ts";
import { runTraining } from "./run-training.ts";
import type { StepRunner, Stored } from "./services.ts";
import { startManualRun } from "./start.ts";
import { atOnce, storePayments, testLearning } from "./test-learning.ts";

const NOW_MS = Date.parse("2026-11-16T03:00:00Z");
const DAYS = 28;
const FROM_MS = NOW_MS - 3 * 3_600_000 - DAYS * DAY_MS;
const TRAFFIC = { fromMs: FROM_MS, days: DAYS, perDay: 24, fraudsPerDay: 1 };
const ASKED = { dryRun: false, windowDays: DAYS, reason: null, by: "key_1" };

let database: Awaited<ReturnType<typeof testDatabase>>;
let db: Db;
beforeAll(async () => {
  database = await testDatabase();
  db = database.db;
});
afterEach(() => database.reset());

/** What runs have left in the registry and among the alerts, beside what came with the deployment. */
async function effects() {
  const { rows } = await database.client.query<Record<string, string[]>>(`
    SELECT
      (SELECT coalesce(array_agg(version ORDER BY version), '{}') FROM models WHERE run_id IS NOT NULL) AS models,
      (SELECT coalesce(array_agg(version ORDER BY version), '{}') FROM calibrations WHERE run_id IS NOT NULL) AS calibrations,
      (SELECT coalesce(array_agg(kind ORDER BY number), '{}') FROM releases WHERE kind <> 'bundled') AS releases,
      (SELECT coalesce(array_agg(type ORDER BY id), '{}') FROM alerts) AS alerts`);
  return rows[0];
}

const NO_EFFECTS = { models: [], calibrations: [], releases: [], alerts: [] };
const RELEASED = {
  models: ["client@v1", "global@v1"],
  calibrations: ["2026-W47"],
  releases: ["trained"],
  alerts: ["model.promoted"],
};
const STEPS = [
  "snapshot",
  "drift",
  "extract the week of 2026-10-19",
  "extract the week of 2026-10-26",
  "extract the week of 2026-11-02",
  "extract the week of 2026-11-09",
  "train",
  "evaluate",
  "calibrate",
  "decide",
  "keep the candidate",
  "release",
];

async function learning(changes: Parameters<typeof testLearning>[1] = {}) {
  const learned = await testLearning(db, changes);
  learned.clock.nowMs = NOW_MS;
  return learned;
}

describe("runTraining", () => {
  it("trains, judges, calibrates and releases, and says on the run what it did and found", async () => {
    const told: string[] = [];
    const live = { tell: (messages: string[]) => void told.push(...messages), nowMs: () => NOW_MS };
    const { run, models } = await learning({ live });
    await storePayments(db, TRAFFIC);
    const ended = await run({ windowDays: DAYS });
    expect(ended).toMatchObject({ status: "released", findings: [], error: null, finishedAt: new Date(NOW_MS) });
    expect(ended.steps.map(({ name }) => name)).toEqual(STEPS);
    expect(ended.steps.filter(({ finished_at }) => finished_at === null)).toEqual([]);
    expect(ended).toMatchObject({ model: "global@v1", clientModel: "client@v1", calibration: "2026-W47" });
    expect(await effects()).toEqual(RELEASED);

    const { window, training, comparison, calibrated_on } = ended.figures;
    expect(window).toMatchObject({ labelled: DAYS, threshold: 0.6, champion: "global@v0, calibration global@v0" });
    expect(training).toMatchObject({ left_out_confirmed: 21, client: { fraud: 21, legitimate: 0 } });
    expect(comparison).toMatchObject({ rows: 7 * 25, confirmed: 7, challenger: { caught: 7, missed: 0 } });
    expect(comparison?.challenger.caught_value).toEqual({ EUR: 7 * 120 });
    expect(comparison?.days).toHaveLength(7);
    expect(calibrated_on).toEqual({ payments: DAYS * 24, others: 0, days: 28 });

    expect([...models.files.keys()].filter((key) => key.startsWith("training/"))).toEqual([]);
    expect(told.filter((message) => message.includes('"training_run"')).length).toBeGreaterThan(STEPS.length);
  });

  it("has each effect once, whichever step a crash cuts short after its work was done", async () => {
    const { services } = await learning();
    await storePayments(db, TRAFFIC);
    const { runId } = await startManualRun(services, ASKED);
    const kept = new Map<string, Stored>();
    const done: string[] = [];
    // What is not known to have been done when the process dies is done again by the next.
    const process = () =>
      new Promise<"ended" | "died">((resolve, reject) => {
        const dying: StepRunner = async <T extends Stored>(name: string, work: () => Promise<T>) => {
          if (kept.has(name)) return kept.get(name) as T; // what the work of this name came to
          const answer = await work();
          done.push(name);
          if (done.filter((one) => one === name).length === 1) {
            resolve("died");
            return new Promise<T>(() => undefined);
          }
          kept.set(name, answer);
          return answer;
        };
        runTraining(services, runId, dying).then(() => resolve("ended"), reject);
      });
    while ((await process()) === "died");
    expect(done).toEqual([...STEPS, "notify"].flatMap((name) => [name, name]));
    expect(await effects()).toEqual(RELEASED);
    const ended = await findRun(db, runId);
    expect(ended).toMatchObject({ status: "released", model: "global@v1", calibration: "2026-W47" });
    expect(ended?.steps.map(({ name }) => name)).toEqual(STEPS);
  });

  it("ends as it would have when it is begun anew after it had released, and releases nothing more", async () => {
    const { services } = await learning();
    await storePayments(db, TRAFFIC);
    const { runId } = await startManualRun(services, ASKED);
    await new Promise<void>((resolve, reject) => {
      const stopping: StepRunner = (name, work) => {
        if (name !== "notify") return work();
        resolve();
        return new Promise(() => undefined);
      };
      runTraining(services, runId, stopping).catch(reject);
    });
    expect((await effects())?.["releases"]).toEqual(["trained"]);
    await runTraining(services, runId, atOnce);
    expect(await effects()).toEqual(RELEASED);
    expect(await findRun(db, runId)).toMatchObject({ status: "released", model: "global@v1", calibration: "2026-W47" });
  });

  it("keeps nothing and releases nothing in a dry run, and tells what would change", async () => {
    const { run } = await learning();
    await storePayments(db, TRAFFIC);
    const ended = await run({ dryRun: true, windowDays: DAYS });
    expect(ended).toMatchObject({ status: "dry_run_done", findings: [], model: null, calibration: null });
    expect(await effects()).toEqual(NO_EFFECTS);
    // The deployment's model calls each of these invented payments an anomaly.
    expect(ended.figures.comparison).toMatchObject({
      champion: { alerts_per_day: 25, missed: 0 },
      challenger: { missed: 0 },
    });
    expect(ended.figures.changes?.no_longer_alerted).toBeGreaterThan(150);
    expect(ended.figures.changes?.examples[0]).toMatchObject({
      event_id: expect.stringMatching(/^evt_/),
      champion_score: 1,
    });
  });

  it("keeps a challenger out, as a candidate with the reason, when drift is for a person to judge", async () => {
    const { run } = await learning({ checkDrift: async () => ({ level: "stop" }) });
    await storePayments(db, TRAFFIC);
    const ended = await run({ windowDays: DAYS });
    expect(ended).toMatchObject({ status: "kept", findings: [{ code: "drift_stop" }], calibration: "2026-W47" });
    expect(await effects()).toEqual({ ...RELEASED, releases: [], alerts: [] });
  });

  it("keeps out what was trained on a week that may be an attack which nobody has noticed", async () => {
    const { run, clock } = await learning();
    await storePayments(db, TRAFFIC);
    expect(await run({ windowDays: DAYS })).toMatchObject({ status: "released" });
    clock.nowMs += 7 * DAY_MS;
    const wave = { fromDay: 0, toDay: 1, perDay: 60 };
    await storePayments(db, { fromMs: FROM_MS + 21 * DAY_MS, days: 14, perDay: 24, wave, seed: 2 });
    const ended = await run({ windowDays: DAYS });
    expect(ended).toMatchObject({ status: "kept", findings: [{ code: "poisoned_window" }] });
    expect(ended.findings[0]?.detail).toMatch(/^In the week from 2026-11-09, \d+ of \d+ payments were beyond 1 in 200/);
    expect((await effects())?.["releases"]).toEqual(["trained"]);
  });

  it("keeps a challenger out that was compared with what does not decide any more", async () => {
    const { run, services, clock } = await learning();
    await storePayments(db, TRAFFIC);
    await run({ windowDays: DAYS });
    clock.nowMs += 60_000;
    const { runId } = await startManualRun(services, ASKED);
    await runTraining(services, runId, async (name, work) => {
      if (name === "decide") await rollback(services, { by: "key_2", reason: "it missed too much" });
      return work();
    });
    expect(await findRun(db, runId)).toMatchObject({ status: "kept", findings: [{ code: "champion_changed" }] });
  });

  it("says so when there is nothing to learn from", async () => {
    const { run } = await learning();
    const ended = await run({ windowDays: DAYS });
    expect(ended).toMatchObject({ status: "kept", findings: [{ code: "too_few_rows" }], model: null });
    expect(await effects()).toEqual(NO_EFFECTS);
  });

  it("names the step that fails for good and nothing of why, which only the log tells; the next run finds the way free", async () => {
    const checkDrift = () => Promise.reject(new Error("password=hunter2"));
    const { services, run, lines } = await learning({ checkDrift });
    const { runId } = await startManualRun(services, ASKED);
    await expect(runTraining(services, runId, atOnce)).rejects.toThrow("hunter2");
    const ended = await findRun(db, runId);
    expect(ended).toMatchObject({ status: "failed", error: 'The step "drift" failed.' });
    expect(JSON.stringify(ended)).not.toContain("hunter2");
    expect(lines).toContainEqual(expect.objectContaining({ task: "training", runId, step: "drift" }));
    await expect(run()).rejects.toThrow("hunter2"); // and not that another is under way
  });

  it("does nothing more for a run that was ended as it took too long, wherever it was", async () => {
    const { services, clock } = await learning();
    await storePayments(db, TRAFFIC);
    const { runId } = await startManualRun(services, ASKED);
    const late = runTraining(services, runId, async (name, work) => {
      if (name === "keep the candidate") {
        clock.nowMs += 3 * 3_600_000 + 1;
        expect(await endDeadRuns(db, clock.nowMs)).toEqual([runId]);
      }
      return work();
    });
    await expect(late).rejects.toThrow("is over");
    expect(await findRun(db, runId)).toMatchObject({
      status: "failed",
      error: "came to no end within 3 h",
      model: null,
    });
    expect(await effects()).toEqual(NO_EFFECTS);
  });
});
