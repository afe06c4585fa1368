import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ACTIVE_ENTRY, ReleasePointer, SHADOW_ENTRY } from "../../shared/release-pointer.ts";
import { testRelease } from "../../shared/test-release.ts";
import { copyChangedConfig } from "../detection/copies.ts";
import { testDatabase } from "../store/test-database.ts";
import { ReleaseRefused } from "./load-release.ts";
import { findModel } from "./model-rows.ts";
import { namesOf } from "./release.ts";
import { releaseCandidate } from "./release-candidate.ts";
import { requireActive } from "./release-rows.ts";
import { startShadow, stopShadow } from "./shadow.ts";
import { findShadow } from "./shadow-rows.ts";
import { saveTestRelease, testRegistry } from "./test-registry.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
beforeEach(() => database.reset());

const v1 = await testRelease({ version: "global@v1" });
const v2 = await testRelease({ version: "global@v2", client: "client@v1", seed: 2 });
const BY = { by: "key_1" };
const status = async (version: string) => (await findModel(database.db, version))?.status;

describe("startShadow", () => {
  it("lets a release score beside the one that decides, once however often it is asked", async () => {
    const { services, kv } = await testRegistry(database.db);
    const names = await saveTestRelease(services, v2, { runId: "run_1" });
    const started = await startShadow(services, names, BY);
    expect((await startShadow(services, names, BY)).id).toBe(started.id);
    const pointer = ReleasePointer.parse(kv.get(SHADOW_ENTRY));
    expect(pointer).toMatchObject({ release: started.id, version: "global@v2", client: { version: "client@v1" } });
    expect(kv.get(ACTIVE_ENTRY)).toBeUndefined();
    expect([await status("global@v0"), await status("global@v2"), await status("client@v1")]).toEqual([
      "active",
      "shadow",
      "shadow",
    ]);
  });

  it("takes the place of the one before, of two started at once too", async () => {
    const { services, kv } = await testRegistry(database.db);
    const one = await saveTestRelease(services, v1, { runId: "run_1" });
    const two = await saveTestRelease(services, v2, { runId: "run_2" });
    await Promise.all([startShadow(services, one, BY), startShadow(services, two, BY)]);
    const shadow = await findShadow(database.db);
    await copyChangedConfig(services);
    expect(kv.get(SHADOW_ENTRY)).toMatchObject({ release: shadow?.id });
    const { rows } = await database.client.query<{ before: unknown; after: unknown }>(
      "SELECT before, after FROM audit_log WHERE subject_kind = 'shadow' ORDER BY id",
    );
    const [first, second] = rows;
    expect(first?.before).toBeNull();
    expect(second).toEqual({ before: first?.after, after: shadow && namesOf(shadow) });
  });

  it("refuses what decides already, and what does not verify", async () => {
    const { services, models } = await testRegistry(database.db);
    const names = await saveTestRelease(services, v1, { runId: "run_1" });
    const active = namesOf(await requireActive(database.db));
    await expect(startShadow(services, active, BY)).rejects.toThrow(ReleaseRefused);
    models.files.delete(`models/global@v1/${v1.card.sha256}.onnx`);
    await expect(startShadow(services, names, BY)).rejects.toThrow(ReleaseRefused);
    expect(await findShadow(database.db)).toBeNull();
  });

  it("ends when the release is promoted, which no shadow need follow any more", async () => {
    const { services, kv } = await testRegistry(database.db);
    const names = await saveTestRelease(services, v2, { runId: "run_1" });
    await startShadow(services, names, BY);
    await releaseCandidate(services, names, { by: "key_2", reason: "proven" });
    expect(await findShadow(database.db)).toBeNull();
    expect(kv.get(SHADOW_ENTRY)).toBeNull();
    expect(await status("global@v2")).toBe("active");
  });

  it("goes on when another release is promoted", async () => {
    const { services } = await testRegistry(database.db);
    await startShadow(services, await saveTestRelease(services, v2, { runId: "run_1" }), BY);
    const other = await saveTestRelease(services, v1, { runId: "run_2" });
    await releaseCandidate(services, other, { by: "key_2", reason: "in a hurry" });
    expect(await findShadow(database.db)).toMatchObject({ model: "global@v2" });
  });
});

describe("stopShadow", () => {
  it("ends it once, for the edge too, with who did on record", async () => {
    const { services, kv } = await testRegistry(database.db);
    await startShadow(services, await saveTestRelease(services, v1, { runId: "run_1" }), BY);
    expect(await stopShadow(services, { by: "key_2" })).toBe(true);
    expect(await stopShadow(services, { by: "key_2" })).toBe(false);
    expect(kv.get(SHADOW_ENTRY)).toBeNull();
    expect(await status("global@v1")).toBe("candidate");
    const { rows } = await database.client.query(
      "SELECT key_id, action FROM audit_log WHERE subject_kind = 'shadow' ORDER BY id",
    );
    expect(rows).toEqual([
      { key_id: "key_1", action: "started" },
      { key_id: "key_2", action: "stopped" },
    ]);
  });
});
