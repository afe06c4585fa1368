import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, startSystem, type System } from "./system.ts";

let system: System;

beforeAll(async () => {
  system = await startSystem();
});

afterAll(() => system.stop());

describe("a released model that is corrupt", () => {
  it("is refused: the last good one goes on scoring, and every assessment names the refused one", async () => {
    const models = await system.workers.miniflare.getR2Bucket("MODELS", "pulseecom-edge");
    await models.put("bad.onnx", new Uint8Array(1000));
    await models.put("bad.json", "{}");
    const config = await system.workers.miniflare.getKVNamespace("CONFIG", "pulseecom-edge");
    const pointer = { v: 1, version: "global@v9", onnx: "bad.onnx", card: "bad.json", calibration: "bad.json" };
    await config.put("model:active", JSON.stringify(pointer));

    let sent = 0;
    const assessment = await eventually("the refusal", async () => {
      const event = {
        id: `evt_corrupt_${sent++}`,
        name: "purchase",
        transaction_id: "T-1",
        value: 10,
        currency: "EUR",
        items: [],
      };
      const { status, body } = await system.send("/v1/events", event);
      expect(status).toBe(202);
      return body.assessment.degraded.length > 0 ? body.assessment : null;
    });
    expect(assessment).toMatchObject({ model: "global@v0", degraded: ["model:global@v9"] });
    expect(assessment.signals.model).toBeTypeOf("number");
  });
});
