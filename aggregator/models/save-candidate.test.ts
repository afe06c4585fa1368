import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sha256Hex } from "../../shared/digest.ts";
import { testRelease } from "../../shared/test-release.ts";
import { testDatabase } from "../store/test-database.ts";
import { FileDamaged, ModelStoreAway } from "./bucket.ts";
import { findCalibration } from "./calibration-rows.ts";
import { findModel } from "./model-rows.ts";
import { nextCalibrationVersion, nextVersion, saveCandidate, VersionTaken } from "./save-candidate.ts";
import { saveTestRelease, testRegistry } from "./test-registry.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
beforeEach(() => database.reset());

const whole = await testRelease({ version: "global@v1", client: "client@v1" });
const forest = await testRelease({ version: "global@v1" });
const other = await testRelease({ version: "global@v1", seed: 2 });

describe("saveCandidate", () => {
  it("keeps models and calibration, each file under a name that holds its hash, and rows that name them", async () => {
    const { services, models } = await testRegistry(database.db);
    const names = await saveTestRelease(services, whole, { runId: "run_1", version: "2026-W47" });
    expect(names).toEqual({ model: "global@v1", client: "client@v1", calibration: "2026-W47" });
    const [model, client] = [await findModel(database.db, "global@v1"), await findModel(database.db, "client@v1")];
    expect(model).toMatchObject({ kind: "isolation-forest", status: "candidate", runId: "run_1", card: whole.card });
    expect(client).toMatchObject({ kind: "client-blend", status: "candidate", card: whole.client?.card });
    const calibration = await findCalibration(database.db, "2026-W47");
    expect(calibration).toMatchObject({ model: "global@v1", clientModel: "client@v1", rows: 1_000, days: 28 });
    const keys = [model?.onnxKey, model?.cardKey, client?.onnxKey, client?.cardKey, calibration?.fileKey];
    for (const key of keys) expect(key).toContain(await sha256Hex(models.files.get(key ?? "") ?? new Uint8Array()));
    expect(model?.onnxKey).toBe(`models/global@v1/${whole.card.sha256}.onnx`);
  });

  it("saves nothing twice for a run: what an attempt saved that was cut short is what is named", async () => {
    const { services, models } = await testRegistry(database.db);
    const first = await saveTestRelease(services, forest, { runId: "run_1", version: "2026-W47" });
    const files = models.files.size;
    const again = await saveTestRelease(services, other, { runId: "run_1", version: "2026-W47.2" });
    expect(again).toEqual(first);
    expect(await findCalibration(database.db, "2026-W47.2")).toBeNull();
    expect(models.files.size).toBe(files);
  });

  it("goes on where an attempt ended between the model and its calibration", async () => {
    const { services, models } = await testRegistry(database.db);
    const failing = {
      ...models,
      put: async (key: string, bytes: Uint8Array) => {
        if (key.includes("2026-W47")) throw new Error("away");
        await models.put(key, bytes);
      },
    };
    const saving = saveTestRelease({ ...services, models: failing }, forest, { runId: "run_1", version: "2026-W47" });
    await expect(saving).rejects.toThrow(ModelStoreAway);
    expect(await findModel(database.db, "global@v1")).not.toBeNull();
    expect(await findCalibration(database.db, "2026-W47")).toBeNull();
    await saveTestRelease(services, forest, { runId: "run_1", version: "2026-W47" });
    expect(await findCalibration(database.db, "2026-W47")).not.toBeNull();
  });

  it("names no file that the bucket gives back changed", async () => {
    const { services, models } = await testRegistry(database.db);
    await saveTestRelease(services, await testRelease({ version: "global@v2" }), { runId: "run_0" });
    const lossy = { ...models, put: (key: string, bytes: Uint8Array) => models.put(key, bytes.slice(1)) };
    const saving = saveTestRelease({ ...services, models: lossy }, forest, { runId: "run_1" });
    await expect(saving).rejects.toThrow(FileDamaged);
    expect(await findModel(database.db, "global@v1")).toBeNull();
  });

  it("refuses a version that another run has taken", async () => {
    const { services } = await testRegistry(database.db);
    await saveTestRelease(services, forest, { runId: "run_1", version: "2026-W47" });
    const model = saveTestRelease(services, other, { runId: "run_2", version: "2026-W47.2" });
    await expect(model).rejects.toThrow(VersionTaken);
    const calibration = { calibration: { ...forest.calibration, version: "2026-W47" }, rows: 1, days: 1, summary: {} };
    await expect(saveCandidate(services, { calibration, runId: "run_2" })).rejects.toThrow(VersionTaken);
  });

  it("keeps a calibration alone, fitted on a model that is known: the deployment's as well", async () => {
    const { services, baseline } = await testRegistry(database.db);
    const calibration = { ...baseline.calibration, version: "2026-W47" };
    const candidate = { calibration: { calibration, rows: 10, days: 1, summary: {} }, runId: "run_1" };
    expect(await saveCandidate(services, candidate)).toEqual({
      model: "global@v0",
      client: null,
      calibration: "2026-W47",
    });
  });

  it.each([
    { because: "the card is of another file", made: { ...forest, onnx: other.onnx } },
    { because: "the calibration was fitted on another model", made: { ...forest, calibration: whole.calibration } },
  ])("refuses a candidate that does not belong together: $because", async ({ made }) => {
    const { services } = await testRegistry(database.db);
    const calibration = { ...made.calibration, model: made.calibration.client === null ? "global@v1" : "global@v9" };
    await expect(saveTestRelease(services, { ...made, calibration }, { runId: "run_1" })).rejects.toThrow();
    expect(await findModel(database.db, "global@v1")).toBeNull();
  });
});

describe("nextVersion", () => {
  it("counts each kind on from its last, and gives a run the same version for all its attempts", async () => {
    const { services } = await testRegistry(database.db);
    expect(await nextVersion(database.db, "isolation-forest", "run_1")).toBe("global@v1");
    expect(await nextVersion(database.db, "client-blend", "run_1")).toBe("client@v1");
    await saveTestRelease(services, await testRelease({ version: "global@v9", client: "client@v1" }), {
      runId: "run_1",
    });
    expect(await nextVersion(database.db, "isolation-forest", "run_1")).toBe("global@v9");
    expect(await nextVersion(database.db, "isolation-forest", "run_2")).toBe("global@v10");
    expect(await nextVersion(database.db, "client-blend", "run_2")).toBe("client@v2");
  });
});

describe("nextCalibrationVersion", () => {
  it("is the week, and tells the calibrations of one week apart", async () => {
    const { services, baseline } = await testRegistry(database.db);
    for (const expected of ["2026-W47", "2026-W47.2", "2026-W47.3"]) {
      const version = await nextCalibrationVersion(database.db, "2026-W47");
      expect(version).toBe(expected);
      const calibration = { ...baseline.calibration, version };
      const candidate = { calibration: { calibration, rows: 10, days: 1, summary: {} }, runId: `run_${version}` };
      await saveCandidate(services, candidate);
    }
    expect(await nextCalibrationVersion(database.db, "2026-W48")).toBe("2026-W48");
  });
});
