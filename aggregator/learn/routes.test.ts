import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { testApp } from "../test-app.ts";
import { testDatabase } from "../store/test-database.ts";
import { beginStep, endRun, endStep, noteFigures } from "./run-rows.ts";
import { NOW_MS } from "../test-events.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => void (database = await testDatabase()));
afterEach(() => database.reset());

async function started(json: unknown = {}) {
  const handed: string[] = [];
  const app = await testApp(database.db, { startTraining: async (runId) => void handed.push(runId) });
  const answer = await app.call("/v1/training-runs", { method: "POST", as: "operator", json });
  const { id = "" } = answer.body as { id?: string };
  return { ...app, handed, answer, id };
}

describe("POST /v1/training-runs", () => {
  it("answers at once with the id under which the run can be followed, and has somebody do its work", async () => {
    const { answer, id, handed, call } = await started({ dry_run: true, window_days: 28, reason: "what if" });
    expect(answer.status).toBe(202);
    expect(handed).toEqual([id]);
    expect((await call(`/v1/training-runs/${id}`)).body).toEqual({
      id,
      trigger: "request",
      status: "queued",
      dry_run: true,
      window_days: 28,
      reason: "what if",
      by: expect.stringMatching(/^key/),
      created_at: new Date(NOW_MS).toISOString(),
      started_at: null,
      finished_at: null,
      steps: [],
      findings: [],
      candidate: null,
      error: null,
      figures: {},
    });
  });

  it("refuses a second run while one is under way, and names that", async () => {
    const { call, id } = await started();
    const second = await call("/v1/training-runs", { method: "POST", as: "operator", json: {} });
    expect(second).toMatchObject({ status: 409, body: { detail: `The training run ${id} is under way.` } });
    await endRun(database.db, id, { status: "kept" }, NOW_MS);
    expect((await call("/v1/training-runs", { method: "POST", as: "operator", json: {} })).status).toBe(202);
  });

  it.each([
    [{ window_days: 27 }, "/window_days"],
    [{ window_days: 183 }, "/window_days"],
    [{ dry_run: "yes" }, "/dry_run"],
    [{ dryrun: true }, "/dryrun"],
  ])("refuses %o, which is no run", async (json, pointer) => {
    const { answer, handed } = await started(json);
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
    expect(handed).toEqual([]);
  });

  it("is for operators", async () => {
    const { call } = await started();
    expect((await call("/v1/training-runs", { method: "POST", as: "analyst", json: {} })).status).toBe(403);
  });
});

describe("GET /v1/training-runs/{id}", () => {
  it("shows the progress of a run under way, and what was measured and found once it is over", async () => {
    const { call, id } = await started();
    await beginStep(database.db, id, "snapshot", NOW_MS + 1);
    await endStep(database.db, id, "snapshot", NOW_MS + 2);
    await beginStep(database.db, id, "drift", NOW_MS + 3);
    await beginStep(database.db, id, "drift", NOW_MS + 4); // tried again
    expect((await call(`/v1/training-runs/${id}`)).body).toMatchObject({
      status: "running",
      started_at: new Date(NOW_MS + 1).toISOString(),
      steps: [
        { name: "snapshot", finished_at: new Date(NOW_MS + 2).toISOString() },
        { name: "drift", started_at: new Date(NOW_MS + 4).toISOString(), finished_at: null },
      ],
    });
    await noteFigures(database.db, id, { drift: { level: "stop" } });
    const findings = [{ code: "drift_stop" as const, detail: "Too far." }];
    const candidate = { model: "global@v1", client: null, calibration: "2026-W47" };
    await endRun(database.db, id, { status: "kept", findings, candidate }, NOW_MS + 5);
    await endRun(database.db, id, { status: "failed", error: "too late to say so" }, NOW_MS + 6);
    expect((await call(`/v1/training-runs/${id}`)).body).toMatchObject({
      status: "kept",
      findings,
      candidate: { model: "global@v1", client_model: null, calibration: "2026-W47" },
      figures: { drift: { level: "stop" } },
      error: null,
      finished_at: new Date(NOW_MS + 5).toISOString(),
    });
  });

  it("knows of no other run", async () => {
    const { call } = await started();
    expect((await call("/v1/training-runs/trn_none")).status).toBe(404);
  });
});

describe("GET /v1/training-runs", () => {
  it("lists runs newest first, page by page", async () => {
    let nowMs = NOW_MS;
    const { call } = await testApp(database.db, { nowMs: () => nowMs++ });
    const ids: string[] = [];
    for (let run = 0; run < 2; run++) {
      const { body } = await call("/v1/training-runs", { method: "POST", as: "operator", json: {} });
      ids.push((body as { id: string }).id);
      await endRun(database.db, ids[run] ?? "", { status: "kept" }, nowMs);
    }
    const first = (await call("/v1/training-runs?limit=1")).body as { data: { id: string }[]; next_cursor: string };
    expect(first.data.map((run) => run.id)).toEqual([ids[1]]);
    const second = await call(`/v1/training-runs?limit=1&cursor=${first.next_cursor}`);
    expect(second.body).toMatchObject({ data: [{ id: ids[0] }], next_cursor: null });
  });
});
