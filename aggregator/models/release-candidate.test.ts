import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ACTIVE_ENTRY, ReleasePointer } from "../../shared/release-pointer.ts";
import { scoreForest } from "../../shared/forest.ts";
import { testCalibration, testRelease } from "../../shared/test-release.ts";
import { goldenRows } from "../../shared/verify-release.ts";
import { copyChangedConfig } from "../detection/copies.ts";
import { testDatabase } from "../store/test-database.ts";
import { ModelStoreAway } from "./bucket.ts";
import { activeRelease, ReleaseRefused } from "./load-release.ts";
import { findModel } from "./model-rows.ts";
import { releaseCandidate } from "./release-candidate.ts";
import { findActive, listReleases } from "./release-rows.ts";
import { saveCandidate } from "./save-candidate.ts";
import { saveTestRelease, testRegistry } from "./test-registry.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
beforeEach(() => database.reset());

const v1 = await testRelease({ version: "global@v1" });
const v2 = await testRelease({ version: "global@v2", client: "client@v1", seed: 2 });
const OPERATOR = { by: "key_1", reason: "better on refunds" };

interface AlertRow {
  data: { alert: { title: string }; release: object; previous: object; metrics: object; links: object };
}
const alerts = async () =>
  (await database.client.query<AlertRow>("SELECT data FROM alerts WHERE type = 'model.promoted' ORDER BY created_at"))
    .rows;
const history = async () => {
  const rows = await listReleases(database.db, { limit: 50, below: null });
  return rows.map(({ number, model }) => `${number} ${model}`);
};

describe("releaseCandidate", () => {
  it("lets a release decide: on record, to the edge with all its files, in the audit log, and as one alert", async () => {
    const { services, kv, models } = await testRegistry(database.db);
    const names = await saveTestRelease(services, v2, { runId: "run_1", version: "2026-W47" });
    const { release, before, isNew } = await releaseCandidate(services, names, OPERATOR);
    expect(isNew).toBe(true);
    expect(before.model).toBe("global@v0");
    expect(await findActive(database.db)).toEqual(release);
    expect(release).toMatchObject({ number: 2, kind: "promoted", previous: 1, by: "key_1", clientModel: "client@v1" });

    const pointer = ReleasePointer.parse(kv.get(ACTIVE_ENTRY));
    expect(pointer).toMatchObject({ release: release.id, version: "global@v2", client: { version: "client@v1" } });
    const { onnx, card, calibration, client } = pointer;
    for (const key of [onnx, card, calibration, client?.onnx, client?.card])
      expect(models.files.has(key ?? "")).toBe(true);

    const { rows } = await database.client.query(
      "SELECT key_id, action, before, after FROM audit_log WHERE subject_kind = 'release'",
    );
    expect(rows).toEqual([
      {
        key_id: "key_1",
        action: "promoted",
        before: { model: "global@v0", client: null, calibration: before.calibration },
        after: names,
      },
    ]);
    const [alert, ...more] = await alerts();
    expect(more).toEqual([]);
    expect(alert?.data).toMatchObject({
      alert: { title: expect.stringMatching(/global@v2 with client@v1.*in place of global@v0.*better on refunds/) },
      release: { id: release.id, model: "global@v2", client_model: "client@v1", calibration: "2026-W47", run_id: null },
      previous: { model: "global@v0", client_model: null },
      metrics: { model: {}, client_model: {} },
      links: { self: "https://pulse.example/v1/models/global%40v2" },
    });
  });

  it("queues the alert for every webhook that wants it, with the release or not at all", async () => {
    const { services, late } = await testRegistry(database.db);
    await database.client.query(
      `INSERT INTO webhooks (id, url, types, kind, settings, secret, created_at)
       SELECT 'wh_1', 'https://hooks.example/', ARRAY['model.promoted'], 'webhook', '{}', 'whsec_x', now()`,
    );
    const names = await saveTestRelease(services, v1, { runId: "run_1" });
    await releaseCandidate(services, names, OPERATOR);
    const { rows } = await database.client.query("SELECT webhook_id FROM deliveries");
    expect(rows).toEqual([{ webhook_id: "wh_1" }]);
    await Promise.all(late);
  });

  it("changes nothing when it decides already", async () => {
    const { services } = await testRegistry(database.db);
    const names = await saveTestRelease(services, v1, { runId: "run_1" });
    const first = await releaseCandidate(services, names, OPERATOR);
    const again = await releaseCandidate(services, names, OPERATOR);
    expect(again).toMatchObject({ isNew: false, release: { id: first.release.id } });
    expect(await history()).toEqual(["2 global@v1", "1 global@v0"]);
    expect(await alerts()).toHaveLength(1);
  });

  it("releases once for a training run, also after others have been released since", async () => {
    const { services } = await testRegistry(database.db);
    const ofTraining = { by: "training", reason: "beats the champion", runId: "run_1" };
    const names = await saveTestRelease(services, v1, { runId: "run_1" });
    const [first] = await Promise.all([1, 2].map(() => releaseCandidate(services, names, ofTraining)));
    expect(first?.release.kind).toBe("trained");
    await releaseCandidate(services, await saveTestRelease(services, v2, { runId: "run_2" }), OPERATOR);
    const late = await releaseCandidate(services, names, ofTraining);
    expect(late).toMatchObject({ isNew: false, release: { number: 2 } });
    expect(await history()).toEqual(["3 global@v2", "2 global@v1", "1 global@v0"]);
  });

  it("lets the later of two made at once follow the earlier", async () => {
    const { services } = await testRegistry(database.db);
    const one = await saveTestRelease(services, v1, { runId: "run_1" });
    const two = await saveTestRelease(services, v2, { runId: "run_2" });
    await Promise.all([releaseCandidate(services, one, OPERATOR), releaseCandidate(services, two, OPERATOR)]);
    const rows = await listReleases(database.db, { limit: 10, below: null });
    expect(rows.map(({ number, previous }) => [number, previous])).toEqual([
      [3, 2],
      [2, 1],
      [1, null],
    ]);
    expect(new Set(rows.map(({ model }) => model)).size).toBe(3);
    expect(await alerts()).toHaveLength(2);
  });

  it("stands when KV is away, and the cron tells the edge", async () => {
    const { services, kv, lines } = await testRegistry(database.db);
    const names = await saveTestRelease(services, v1, { runId: "run_1" });
    const away = { put: () => Promise.reject(new Error("KV is away")) };
    const { release } = await releaseCandidate({ ...services, keyCopies: away }, names, OPERATOR);
    expect(kv.has(ACTIVE_ENTRY)).toBe(false);
    expect(lines).toContainEqual(expect.objectContaining({ configNotCopied: "release" }));
    expect(await copyChangedConfig(services)).toMatchObject({ left: [] });
    expect(kv.get(ACTIVE_ENTRY)).toMatchObject({ release: release.id });
  });

  it.each([
    { file: ".onnx", because: "the model's file is another" },
    { file: ".card.json", because: "its card is another" },
    { file: "calibrations/", because: "its calibration is another" },
  ])("refuses a release that is damaged: $because", async ({ file }) => {
    const { services, models, kv } = await testRegistry(database.db);
    const names = await saveTestRelease(services, v1, { runId: "run_1" });
    const damaged = [...models.files.keys()].filter((key) => key.includes(file) && !key.includes("global@v0"));
    expect(damaged).toHaveLength(1);
    for (const key of damaged) models.files.get(key)?.set([0], 50);
    await expect(releaseCandidate(services, names, OPERATOR)).rejects.toThrow(ReleaseRefused);
    for (const key of damaged) models.files.delete(key);
    await expect(releaseCandidate(services, names, OPERATOR)).rejects.toThrow(ReleaseRefused);
    expect((await findActive(database.db))?.model).toBe("global@v0");
    expect(kv.has(ACTIVE_ENTRY)).toBe(false);
    expect(await alerts()).toEqual([]);
  });

  it("refuses what the edge would refuse, whatever its files hold", async () => {
    const { services } = await testRegistry(database.db);
    const golden = { ...v1.card.golden, scores: v1.card.golden.scores.map((score) => score + 0.1) };
    const lying = { ...v1, card: { ...v1.card, golden } };
    const names = await saveTestRelease(services, lying, { runId: "run_1" });
    await expect(releaseCandidate(services, names, OPERATOR)).rejects.toThrow("golden rows score differently");
    const mixed = { ...(await saveTestRelease(services, v2, { runId: "run_2" })), client: null };
    await expect(releaseCandidate(services, mixed, OPERATOR)).rejects.toThrow(ReleaseRefused);
    await expect(releaseCandidate(services, { ...mixed, model: "global@v7" }, OPERATOR)).rejects.toThrow("not known");
  });

  it("says so when the bucket is away, and has changed nothing", async () => {
    const { services, models } = await testRegistry(database.db);
    const names = await saveTestRelease(services, v1, { runId: "run_1" });
    const away = { ...models, get: () => Promise.reject(new Error("R2 is away")) };
    await expect(releaseCandidate({ ...services, models: away }, names, OPERATOR)).rejects.toThrow(ModelStoreAway);
    expect(await findModel(database.db, "global@v1")).toMatchObject({ status: "candidate" });
  });
});

describe("activeRelease", () => {
  it("is what the deployment brings until another is released, with the bucket away as well", async () => {
    const { services, baseline } = await testRegistry(database.db);
    const away = { put: () => Promise.reject(new Error("away")), get: () => Promise.reject(new Error("away")) };
    const active = await activeRelease({ ...services, models: away });
    expect(active.names).toEqual({ model: "global@v0", client: null, calibration: baseline.calibration.version });
    expect(active.card).toEqual(baseline.card);
  });

  it("scores as what was released does, with its client model and its calibration", async () => {
    const { services } = await testRegistry(database.db);
    const names = await saveTestRelease(services, v2, { runId: "run_1", version: "2026-W47" });
    await releaseCandidate(services, names, OPERATOR);
    const active = await activeRelease(services);
    expect(active.names).toEqual(names);
    expect(active.calibration.version).toBe("2026-W47");
    expect(active.client?.card).toEqual(v2.client?.card);
    const scores = scoreForest(active.forest, goldenRows(v2.card), v2.card.golden.rows.length);
    expect([...scores]).toEqual(v2.card.golden.scores);
  });

  it("tells a model from the same with another calibration", async () => {
    const { services } = await testRegistry(database.db);
    await releaseCandidate(services, await saveTestRelease(services, v1, { runId: "run_1" }), OPERATOR);
    const calibration = testCalibration("global@v1", { version: "2026-W48" });
    const again = await saveCandidate(services, {
      calibration: { calibration, rows: 5, days: 1, summary: {} },
      runId: "run_2",
    });
    await releaseCandidate(services, again, OPERATOR);
    expect((await activeRelease(services)).names).toEqual({
      model: "global@v1",
      client: null,
      calibration: "2026-W48",
    });
    expect(await history()).toEqual(["3 global@v1", "2 global@v1", "1 global@v0"]);
  });
});
