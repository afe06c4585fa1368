import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ACTIVE_ENTRY } from "../../shared/release-pointer.ts";
import { testRelease } from "../../shared/test-release.ts";
import { testDatabase } from "../store/test-database.ts";
import { activeRelease, ReleaseRefused } from "./load-release.ts";
import type { RegistryServices } from "./registry.ts";
import type { ReleaseNames } from "./release.ts";
import { releaseCandidate } from "./release-candidate.ts";
import { findActive, listReleases } from "./release-rows.ts";
import { rollback } from "./rollback.ts";
import { saveTestRelease, testRegistry } from "./test-registry.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
beforeEach(() => database.reset());

const v1 = await testRelease({ version: "global@v1", client: "client@v1" });
const v2 = await testRelease({ version: "global@v2", seed: 2 });
const v3 = await testRelease({ version: "global@v3", seed: 3 });
const OPERATOR = { by: "key_1", reason: "asked for" };

const release = (services: RegistryServices, names: ReleaseNames) => releaseCandidate(services, names, OPERATOR);
const decides = async () => (await findActive(database.db))?.model;

describe("rollback", () => {
  it("brings back model, client model and calibration of the release before, and goes further back when asked again", async () => {
    const { services, kv } = await testRegistry(database.db);
    const first = await saveTestRelease(services, v1, { runId: "run_1", version: "2026-W46" });
    await release(services, first);
    await release(services, await saveTestRelease(services, v2, { runId: "run_2", version: "2026-W47" }));

    const back = await rollback(services, OPERATOR);
    expect(back?.release).toMatchObject({ kind: "rolled_back", restores: 2, previous: 1 });
    expect((await activeRelease(services)).names).toEqual(first);
    expect(kv.get(ACTIVE_ENTRY)).toMatchObject({ version: "global@v1", client: { version: "client@v1" } });

    await rollback(services, OPERATOR);
    expect(await decides()).toBe("global@v0");
    // Named, as edges that had another do not go back by themselves.
    expect(kv.get(ACTIVE_ENTRY)).toMatchObject({ version: "global@v0", client: null });

    expect(await rollback(services, OPERATOR)).toBeNull();
    expect(await decides()).toBe("global@v0");
  });

  it("never goes back to what was rolled back from", async () => {
    const { services } = await testRegistry(database.db);
    await release(services, await saveTestRelease(services, v1, { runId: "run_1" }));
    await release(services, await saveTestRelease(services, v2, { runId: "run_2" }));
    await rollback(services, OPERATOR);
    await release(services, await saveTestRelease(services, v3, { runId: "run_3" }));
    await rollback(services, OPERATOR);
    expect(await decides()).toBe("global@v1");
    await rollback(services, OPERATOR);
    expect(await decides()).toBe("global@v0");
  });

  it("has nothing to go back to while only the deployment's was ever released", async () => {
    const { services } = await testRegistry(database.db);
    expect(await rollback(services, OPERATOR)).toBeNull();
  });

  it("goes back one step when two ask at once, because both meant the same", async () => {
    const { services } = await testRegistry(database.db);
    await release(services, await saveTestRelease(services, v1, { runId: "run_1" }));
    await release(services, await saveTestRelease(services, v2, { runId: "run_2" }));
    const outcomes = await Promise.allSettled([rollback(services, OPERATOR), rollback(services, OPERATOR)]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(await decides()).toBe("global@v1");
  });

  it("refuses to go back to files that are damaged, which the edge would refuse, staying with what is to go", async () => {
    const { services, models } = await testRegistry(database.db);
    await release(services, await saveTestRelease(services, v1, { runId: "run_1" }));
    await release(services, await saveTestRelease(services, v2, { runId: "run_2" }));
    models.files.delete(`models/client@v1/${v1.client?.card.sha256}.onnx`);
    await expect(rollback(services, OPERATOR)).rejects.toThrow(ReleaseRefused);
    expect(await decides()).toBe("global@v2");
  });

  it("is told of like any other release, by whom and why", async () => {
    const { services } = await testRegistry(database.db);
    await release(services, await saveTestRelease(services, v1, { runId: "run_1" }));
    await rollback(services, { by: "key_2", reason: "too many alerts" });
    const { rows } = await database.client.query<{ title: string }>(
      "SELECT data->'alert'->>'title' AS title FROM alerts ORDER BY id",
    );
    expect(rows.at(-1)?.title).toMatch(/^Rolled back to: global@v0.*too many alerts/);
    expect(await listReleases(database.db, { limit: 1, below: null })).toMatchObject([{ by: "key_2" }]);
  });
});
