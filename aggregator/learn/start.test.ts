import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { testDatabase } from "../store/test-database.ts";
import { beginStep, endRun, findRun } from "./run-rows.ts";
import { keepTraining, startDriftRun, startManualRun } from "./start.ts";
import { testLearning } from "./test-learning.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => void (database = await testDatabase()));
afterEach(() => database.reset());

const MONDAY_3 = "2026-11-16T03:00:00Z";
const ASKED = { dryRun: false, windowDays: 56, reason: "a look", by: "key_1" };

async function learning(at: string, changes: Parameters<typeof testLearning>[1] = {}) {
  const learned = await testLearning(database.db, changes);
  learned.clock.nowMs = Date.parse(at);
  return learned;
}

describe("keepTraining", () => {
  it("begins the run of the week once, however often the minute cron comes by in its hour", async () => {
    const { services, clock, started } = await learning(MONDAY_3);
    for (let minute = 0; minute < 3; minute++, clock.nowMs += 60_000) {
      await keepTraining(services);
      await endRun(database.db, "retrain-2026-W47", { status: "kept" }, clock.nowMs);
    }
    expect(started).toEqual(["retrain-2026-W47"]);
    expect(await findRun(database.db, "retrain-2026-W47")).toMatchObject({
      trigger: "schedule",
      by: "schedule",
      windowDays: 56,
    });
  });

  it.each([
    ["2026-11-16T02:59:59Z", null],
    ["2026-11-16T03:59:59Z", "begun"],
    ["2026-11-16T04:00:00Z", null],
    ["2026-11-17T03:00:00Z", null],
    ["2026-11-22T03:30:00Z", null],
    ["2026-12-28T03:00:00Z", "begun"],
  ])("at %s answers %s", async (at, expected) => {
    const { services } = await learning(at);
    const { weekly } = await keepTraining(services);
    expect(weekly?.kind ?? null).toBe(expected);
  });

  it("begins the week's run as soon as the one that is in its way has ended", async () => {
    const { services, clock, started } = await learning("2026-11-16T02:58:00Z");
    const { runId } = await startManualRun(services, ASKED);
    await beginStep(database.db, runId, "snapshot", clock.nowMs);
    clock.nowMs = Date.parse(MONDAY_3);
    expect((await keepTraining(services)).weekly).toEqual({ kind: "busy", runId });
    await endRun(database.db, runId, { status: "released" }, clock.nowMs);
    expect((await keepTraining(services)).weekly).toEqual({ kind: "begun" });
    expect(started).toEqual([runId, "retrain-2026-W47"]);
  });

  it("has a run taken up that nobody could be told of, and not one that has begun", async () => {
    let isAway = true;
    const told: string[] = [];
    const { services, lines } = await learning("2026-11-18T12:00:00Z");
    const flaky = {
      ...services,
      startTraining: async (id: string) => {
        if (isAway) throw new Error("away");
        told.push(id);
      },
    };
    const { runId, begun } = await startManualRun(flaky, ASKED);
    expect(begun).toEqual({ kind: "begun" });
    expect(lines).toContainEqual(expect.objectContaining({ task: "training", runId }));
    isAway = false;
    await keepTraining(flaky);
    await beginStep(database.db, runId, "snapshot", services.nowMs());
    await keepTraining(flaky);
    expect(told).toEqual([runId]);
  });

  it("has the work of a run done anew that stands still for 20 minutes, and again after as long", async () => {
    const { services, clock, started } = await learning("2026-11-18T12:00:00Z");
    const { runId } = await startManualRun(services, ASKED);
    await beginStep(database.db, runId, "snapshot", clock.nowMs);
    const restarts: number[] = [];
    for (let minute = 1; minute <= 65; minute++) {
      clock.nowMs += 60_000;
      const before = started.length;
      await keepTraining(services);
      if (started.length > before) restarts.push(minute);
    }
    expect(started).toEqual([runId, `${runId} anew`, `${runId} anew`, `${runId} anew`]);
    expect(restarts).toEqual([21, 42, 63]);
  });

  it("fails a run that comes to no end within three hours, and lets another begin then", async () => {
    const { services, clock } = await learning("2026-11-18T12:00:00Z");
    const { runId } = await startManualRun(services, ASKED);
    clock.nowMs += 3 * 3_600_000;
    await beginStep(database.db, runId, "snapshot", clock.nowMs);
    expect((await keepTraining(services)).dead).toEqual([]);
    clock.nowMs += 1;
    expect((await keepTraining(services)).dead).toEqual([runId]);
    expect(await findRun(database.db, runId)).toMatchObject({ status: "failed", error: "came to no end within 3 h" });
    expect((await startManualRun(services, ASKED)).begun).toEqual({ kind: "begun" });
  });
});

describe("startDriftRun", () => {
  it("begins one run for a day that drifted, and none while another is under way", async () => {
    const { services, clock, started } = await learning("2026-11-18T12:00:00Z");
    expect(await startDriftRun(services, "2026-11-17")).toEqual({ kind: "begun" });
    expect(await startDriftRun(services, "2026-11-17")).toEqual({ kind: "exists" });
    expect(await startDriftRun(services, "2026-11-18")).toEqual({ kind: "busy", runId: "drift-2026-11-17" });
    await endRun(database.db, "drift-2026-11-17", { status: "kept" }, clock.nowMs);
    expect(await startDriftRun(services, "2026-11-17")).toEqual({ kind: "exists" });
    expect(await startDriftRun(services, "2026-11-18")).toEqual({ kind: "begun" });
    expect(started).toEqual(["drift-2026-11-17", "drift-2026-11-18"]);
  });
});

describe("startManualRun", () => {
  it("lets one of many that are asked for at once begin, and names it to the others", async () => {
    const { services } = await learning("2026-11-18T12:00:00Z");
    const all = await Promise.all(Array.from({ length: 8 }, () => startManualRun(services, ASKED)));
    const [first, ...more] = all.filter(({ begun }) => begun.kind === "begun");
    expect(more).toEqual([]);
    const others = all.filter((one) => one !== first).map(({ begun }) => begun);
    expect(others).toEqual(others.map(() => ({ kind: "busy", runId: first?.runId })));
  });
});
