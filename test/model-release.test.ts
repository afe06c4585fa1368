// oxlint-disable-next-line typescript/triple-slash-reference -- it declares globals, which cannot be imported
/// <reference path="../aggregator/modules.d.ts" />
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ModelBucket } from "../aggregator/models/bucket.ts";
import { saveTestRelease } from "../aggregator/models/test-registry.ts";
import { testRelease } from "../shared/test-release.ts";
import { registryOf } from "./system-registry.ts";
import { eventually, startSystem, type System } from "./system.ts";

let system: System;
let bucket: ModelBucket;

beforeAll(async () => {
  system = await startSystem({ edgeVars: { MODEL_REFRESH_MS: "100" } });
  bucket = await system.workers.miniflare.getR2Bucket("MODELS", "pulseecom-aggregator");
});

afterAll(() => system.stop());

let sent = 0;
const at = new Date().toISOString();

/** What the edge makes of an order of somebody it has never seen, each time somebody else. */
async function assess() {
  sent++;
  const event = {
    id: `evt_release_${sent}`,
    name: "purchase",
    timestamp: at,
    user_id: `stranger-${sent}`,
    transaction_id: `T-${sent}`,
    value: 400,
    currency: "EUR",
    items: [{ item_id: `item-${sent}`, price: 400, quantity: 1 }],
  };
  const { status, body } = await system.send("/v1/events", event);
  expect(status).toBe(202);
  return body.assessment;
}

const assessedBy = (model: string) =>
  eventually(`an answer by ${model}`, async () => {
    const assessment = await assess();
    return assessment.model === model ? assessment : null;
  });
const post = (path: string, body?: object) => system.ask("POST", path, system.key("operator"), body);
const get = async (path: string) => (await system.ask("GET", path, system.key("analyst"))).body;

describe("a model, from a training run to the edge and back", () => {
  it("decides at the edge once it is promoted, and a rollback brings back the very scores of before", async () => {
    const before = await assess();
    expect(before).toMatchObject({ model: "global@v0", client_model: null, degraded: [] });

    const names = await saveTestRelease(
      await registryOf(system),
      await testRelease({ version: "global@v1", client: "client@v1" }),
      {
        runId: "run_1",
        version: "2026-W47",
      },
    );
    const promoted = await post("/v1/models/global@v1/promote", { calibration: names.calibration });
    expect(promoted).toMatchObject({ status: 200, body: { number: 2, live_within_seconds: 120 } });
    const after = await assessedBy("global@v1");
    expect(after).toMatchObject({ client_model: "client@v1", calibration: "2026-W47", degraded: [] });
    expect(after.signals).not.toEqual(before.signals);

    expect(await post("/v1/models/rollback")).toMatchObject({ status: 200, body: { model: "global@v0" } });
    expect(await assessedBy("global@v0")).toEqual(before);

    const { data } = await get("/v1/releases");
    expect(data.map(({ kind }: { kind: string }) => kind)).toEqual(["rolled_back", "promoted", "bundled"]);
    const alerts = await get("/v1/alerts");
    expect(alerts.data.map(({ type }: { type: string }) => type)).toEqual(["model.promoted", "model.promoted"]);
  });

  it("is not promoted when its file is damaged: the edge never hears of it", async () => {
    const damaged = await testRelease({ version: "global@v2", seed: 2 });
    await saveTestRelease(await registryOf(system), damaged, { runId: "run_2", version: "2026-W48" });
    await bucket.put(`models/global@v2/${damaged.card.sha256}.onnx`, new Uint8Array(100));
    const refused = await post("/v1/models/global@v2/promote");
    expect(refused).toMatchObject({ status: 409, body: { detail: expect.stringContaining("does not verify") } });
    const models = await get("/v1/models?status=candidate");
    expect(models.data.map(({ version }: { version: string }) => version)).toContain("global@v2");
    expect(await assess()).toMatchObject({ model: "global@v0", degraded: [] });
  });
});
