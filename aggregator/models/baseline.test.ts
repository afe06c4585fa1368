import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ACTIVE_ENTRY } from "../../shared/release-pointer.ts";
import { testRelease } from "../../shared/test-release.ts";
import { copyChangedConfig } from "../detection/copies.ts";
import { testDatabase } from "../store/test-database.ts";
import { ensureBaseline } from "./baseline.ts";
import { findModel } from "./model-rows.ts";
import { findActive, listReleases } from "./release-rows.ts";
import { releaseCandidate } from "./release-candidate.ts";
import { saveTestRelease, testRegistry } from "./test-registry.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
beforeEach(() => database.reset());

describe("ensureBaseline", () => {
  it("puts what the deployment brings into the registry once, also when two ask at once", async () => {
    const { services, models } = await testRegistry(database.db);
    await Promise.all([ensureBaseline(services), ensureBaseline(services)]);
    await ensureBaseline(services);
    expect(await findModel(database.db, "global@v0")).toMatchObject({ status: "active", kind: "isolation-forest" });
    const releases = await listReleases(database.db, { limit: 10, below: null });
    expect(releases).toMatchObject([{ number: 1, kind: "bundled", model: "global@v0", previous: null }]);
    expect(models.files.size).toBe(3);
  });

  it("leaves the edge to what it has with it, so that a newer deployment's is not held up by a pointer", async () => {
    const { services, kv } = await testRegistry(database.db);
    await ensureBaseline(services);
    await copyChangedConfig(services);
    expect(kv.get(ACTIVE_ENTRY)).toBeNull();
  });

  it("lets a newer deployment's take the place of the one before, whose files stay", async () => {
    const { services, models, baseline } = await testRegistry(database.db);
    await ensureBaseline(services);
    const newer = await testRelease({ version: "global@v0", seed: 2 });
    await ensureBaseline({ ...services, bundled: async () => newer });
    const model = await findModel(database.db, "global@v0");
    expect(model?.sha256).toBe(newer.card.sha256);
    expect(model?.sha256).not.toBe(baseline.card.sha256);
    expect(await listReleases(database.db, { limit: 10, below: null })).toHaveLength(1);
    // The calibration of both is the same.
    expect(models.files.size).toBe(5);
  });

  it("releases a deployment's of another version in the place of the one before", async () => {
    const { services } = await testRegistry(database.db);
    await ensureBaseline(services);
    const newer = await testRelease({ version: "base@v1" });
    await ensureBaseline({ ...services, bundled: async () => newer });
    expect(await findActive(database.db)).toMatchObject({ number: 2, kind: "bundled", model: "base@v1" });
  });

  it("lets a deployment's with another feature table decide, as no edge can score with what was released before", async () => {
    const { services } = await testRegistry(database.db);
    const names = await saveTestRelease(services, await testRelease({ version: "global@v1" }), { runId: "run_1" });
    await releaseCandidate(services, names, { by: "key_1", reason: "better" });
    await ensureBaseline(services);
    expect(await findActive(database.db)).toMatchObject({ number: 2, kind: "promoted" });
    const newer = await testRelease({ version: "global@v0", seed: 2 });
    const card = { ...newer.card, feature_set: "another" };
    await ensureBaseline({ ...services, bundled: async () => ({ ...newer, card }) });
    expect(await findActive(database.db)).toMatchObject({ number: 3, kind: "bundled", previous: null });
  });

  it("writes no row of files that could not be kept, and does it all the next time", async () => {
    const { services, models } = await testRegistry(database.db);
    const lossy = { ...models, put: async () => undefined };
    await expect(ensureBaseline({ ...services, models: lossy })).rejects.toThrow("missing");
    expect(await findModel(database.db, "global@v0")).toBeNull();
    await ensureBaseline(services);
    expect(await findModel(database.db, "global@v0")).not.toBeNull();
  });
});
