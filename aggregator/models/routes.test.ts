import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { ACTIVE_ENTRY, SHADOW_ENTRY } from "../../shared/release-pointer.ts";
import { testCalibration, testRelease } from "../../shared/test-release.ts";
import { changeSettings } from "../detection/settings.ts";
import { testDatabase } from "../store/test-database.ts";
import { testApp, type Answered } from "../test-app.ts";
import { saveCandidate } from "./save-candidate.ts";
import { saveTestRelease, testRegistry } from "./test-registry.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
beforeEach(() => database.reset());

const v1 = await testRelease({ version: "global@v1" });
const v2 = await testRelease({ version: "global@v2", client: "client@v1", seed: 2 });
/** Of the forest that has one with the client model, alone. */
const v2Alone = { ...v2, client: null, calibration: testCalibration("global@v2") };

const Released = z.looseObject({
  number: z.int(),
  kind: z.string(),
  model: z.string(),
  client_model: z.string().nullable(),
  calibration: z.string(),
});
const Row = z.looseObject({
  version: z.string().optional(),
  status: z.string().optional(),
  kind: z.string().optional(),
  number: z.int().optional(),
});
const Listed = z.object({ data: z.array(Row), next_cursor: z.string().nullable() });

async function surface() {
  const registry = await testRegistry(database.db);
  const app = await testApp(database.db, registry.services);
  const get = async (path: string) => answered(200, await app.call(path));
  const list = async (path: string) => Listed.parse(await get(path));
  const post = (path: string, json?: unknown) =>
    app.call(path, { method: "POST", as: "operator", ...(json === undefined ? {} : { json }) });
  const promote = async (version: string, json?: object) =>
    Released.parse(answered(200, await post(`/v1/models/${version}/promote`, json)));
  return { ...registry, app, get, list, post, promote };
}

function answered(status: number, answer: Answered): unknown {
  expect({ status: answer.status, body: answer.body }).toMatchObject({ status });
  return answer.body;
}

function refused(answer: Answered, detail: RegExp): void {
  expect(answer).toMatchObject({ status: 409, body: { detail: expect.stringMatching(detail) } });
}

describe("GET /v1/models", () => {
  it("lists what the deployment brings before anything was trained", async () => {
    const { list } = await surface();
    const { data } = await list("/v1/models");
    expect(data).toMatchObject([{ version: "global@v0", status: "active", kind: "isolation-forest", run_id: null }]);
    expect(data[0]?.["card"]).not.toHaveProperty("golden");
  });

  it("tells what became of each model, newest first, page by page", async () => {
    const { services, later, list, promote, post } = await surface();
    later();
    await saveTestRelease(services, v1, { runId: "run_1", version: "2026-W46" });
    await promote("global@v1");
    later();
    await saveTestRelease(services, v2, { runId: "run_2", version: "2026-W47" });
    await promote("global@v2", { calibration: "2026-W47" });
    later();
    await saveTestRelease(services, await testRelease({ version: "global@v3" }), { runId: "run_3" });
    later();
    await saveTestRelease(services, await testRelease({ version: "global@v4" }), { runId: "run_4" });
    answered(200, await post("/v1/models/global@v3/shadow"));

    const first = await list("/v1/models?limit=4");
    const rest = await list(`/v1/models?limit=4&cursor=${first.next_cursor}`);
    const told = [...first.data, ...rest.data].map(({ version, status }) => `${version} ${status}`);
    expect(told).toEqual([
      "global@v4 candidate",
      "global@v3 shadow",
      "global@v2 active",
      "client@v1 active",
      "global@v1 retired",
      "global@v0 retired",
    ]);
    const clients = await list("/v1/models?kind=client-blend");
    expect(clients.data.map(({ version }) => version)).toEqual(["client@v1"]);
    const retired = await list("/v1/models?status=retired");
    expect(retired.data).toHaveLength(2);
  });

  it("answers 503 while the store of models is away and nothing was ever read from it", async () => {
    const { app, models } = await surface();
    models.put = () => Promise.reject(new Error("R2 is away"));
    expect(await app.call("/v1/models")).toMatchObject({ status: 503 });
  });
});

describe("GET /v1/models/{version}", () => {
  it("gives the whole card, the calibrations fitted on it, and where it was released", async () => {
    const { services, get, promote } = await surface();
    await saveTestRelease(services, v2, { runId: "run_1", version: "2026-W47" });
    await promote("global@v2", { calibration: "2026-W47" });
    const expected = {
      status: "active",
      shadow: null,
      calibrations: [{ version: "2026-W47", model: "global@v2", client_model: "client@v1", active: true, rows: 1_000 }],
      releases: [{ number: 2, kind: "promoted", model: "global@v2", client_model: "client@v1" }],
    };
    expect(await get("/v1/models/global@v2")).toMatchObject({ ...expected, card: v2.card });
    expect(await get("/v1/models/client%40v1")).toMatchObject({ ...expected, card: v2.client?.card });
  });

  it("answers 404 to a version that no model has", async () => {
    const { app } = await surface();
    expect(await app.call("/v1/models/global@v9")).toMatchObject({ status: 404 });
  });
});

describe("POST /v1/models/{version}/promote", () => {
  it("lets a model decide, says until when it does everywhere, and tells the edge", async () => {
    const { services, promote, kv, app } = await surface();
    await saveTestRelease(services, v1, { runId: "run_1", version: "2026-W47" });
    const released = await promote("global@v1", { reason: "looks better" });
    expect(released).toMatchObject({
      number: 2,
      kind: "promoted",
      model: "global@v1",
      client_model: null,
      calibration: "2026-W47",
      by: app.keys.texts.operator.split("_")[1],
      reason: "looks better",
      live_within_seconds: 120,
    });
    expect(kv.get(ACTIVE_ENTRY)).toMatchObject({ release: released["id"] });
    expect(await promote("global@v1")).toMatchObject({ number: 2, reason: "looks better" });
  });

  it("takes the newest calibration that fits, with the client model that decides now where one fits both", async () => {
    const { services, later, promote } = await surface();
    await saveTestRelease(services, v2, { runId: "run_1", version: "2026-W45" });
    later();
    await saveTestRelease(services, v2Alone, { runId: "run_1", version: "2026-W46" });
    expect(await promote("global@v2")).toMatchObject({ client_model: null, calibration: "2026-W46" });
    expect(await promote("client@v1")).toMatchObject({ client_model: "client@v1", calibration: "2026-W45" });
    later();
    const newer = { ...v2.calibration, version: "2026-W47" };
    await saveCandidate(services, {
      calibration: { calibration: newer, rows: 1, days: 1, summary: {} },
      runId: "run_2",
    });
    expect(await promote("global@v2")).toMatchObject({ client_model: "client@v1", calibration: "2026-W47" });
    expect(await promote("global@v0")).toMatchObject({ model: "global@v0", client_model: null });
  });

  it("takes the calibration that is named, and the models with it", async () => {
    const { services, promote } = await surface();
    await saveTestRelease(services, v2, { runId: "run_1", version: "2026-W47" });
    const released = await promote("client@v1", { calibration: "2026-W47" });
    expect(released).toMatchObject({ model: "global@v2", client_model: "client@v1" });
  });

  it("answers 409 with what is missing when no calibration fits", async () => {
    const { services, post } = await surface();
    await saveTestRelease(services, v2, { runId: "run_1", version: "2026-W46" });
    await saveTestRelease(services, v1, { runId: "run_2", version: "2026-W47" });
    refused(await post("/v1/models/global@v2/promote"), /No calibration was fitted on global@v2 alone/);
    refused(await post("/v1/models/client@v1/promote"), /on client@v1 with global@v0, which decides/);
    refused(await post("/v1/models/global@v2/promote", { calibration: "2026-W47" }), /fitted on global@v1, not on/);
    refused(await post("/v1/models/global@v2/promote", { calibration: "2026-W99" }), /No calibration has this version/);
  });

  it("answers 409 when a file is damaged, and 503 when the store of models is away", async () => {
    const { services, post, models } = await surface();
    await saveTestRelease(services, v1, { runId: "run_1" });
    models.files.set(`models/global@v1/${v1.card.sha256}.onnx`, new Uint8Array(9));
    refused(await post("/v1/models/global@v1/promote"), /does not verify/);
    models.get = () => Promise.reject(new Error("R2 is away"));
    expect(await post("/v1/models/global@v1/promote")).toMatchObject({ status: 503 });
  });

  it("is an operator's: an analyst may look", async () => {
    const { app } = await surface();
    const call = (path: string, method: "POST" | "DELETE") => app.call(path, { method, as: "analyst" });
    for (const path of ["/v1/models/global@v0/promote", "/v1/models/global@v0/shadow", "/v1/models/rollback"]) {
      expect(await call(path, "POST")).toMatchObject({ status: 403 });
    }
    expect(await call("/v1/models/global@v0/shadow", "DELETE")).toMatchObject({ status: 403 });
  });

  it("refuses fields it does not know, and a model that is not known", async () => {
    const { post } = await surface();
    expect(await post("/v1/models/global@v0/promote", { calibratoin: "x" })).toMatchObject({ status: 422 });
    expect(await post("/v1/models/global@v9/promote")).toMatchObject({ status: 404 });
  });
});

describe("POST and DELETE /v1/models/{version}/shadow", () => {
  it("puts a model beside and takes it away, and says 404 where it is not", async () => {
    const { services, app, post, get, kv } = await surface();
    await saveTestRelease(services, v1, { runId: "run_1" });
    const stop = () => app.call("/v1/models/global@v1/shadow", { method: "DELETE", as: "operator" });
    answered(200, await post("/v1/models/global@v1/shadow"));
    expect(kv.get(SHADOW_ENTRY)).toMatchObject({ version: "global@v1" });
    expect(await get("/v1/models/global@v1")).toMatchObject({ status: "shadow", shadow: { model: "global@v1" } });
    expect(await stop()).toMatchObject({ status: 204 });
    expect(kv.get(SHADOW_ENTRY)).toBeNull();
    expect(await stop()).toMatchObject({ status: 404 });
  });

  it("answers 409 to what decides already", async () => {
    const { post } = await surface();
    refused(await post("/v1/models/global@v0/shadow"), /decides already/);
  });
});

describe("POST /v1/models/rollback", () => {
  it("goes back step by step, and answers 409 when nothing is before", async () => {
    const { services, promote, post, list } = await surface();
    await saveTestRelease(services, v1, { runId: "run_1" });
    await promote("global@v1");
    const back = Released.parse(answered(200, await post("/v1/models/rollback", { reason: "too loud" })));
    expect(back).toMatchObject({ kind: "rolled_back", model: "global@v0", restores: 1, reason: "too loud" });
    refused(await post("/v1/models/rollback"), /no release before/);
    const { data } = await list("/v1/releases");
    expect(data.map(({ number, kind }) => `${number} ${kind}`)).toEqual(["3 rolled_back", "2 promoted", "1 bundled"]);
  });
});

describe("GET /v1/releases", () => {
  it("is paged in the order they were made, whatever the clocks said", async () => {
    const { services, promote, list, state } = await surface();
    await saveTestRelease(services, v1, { runId: "run_1" });
    await promote("global@v1");
    state.nowMs -= 3_600_000;
    await promote("global@v0");
    const first = await list("/v1/releases?limit=2");
    const rest = await list(`/v1/releases?limit=2&cursor=${first.next_cursor}`);
    expect([...first.data, ...rest.data].map(({ number }) => number)).toEqual([3, 2, 1]);
    expect(rest.next_cursor).toBeNull();
  });
});

describe("GET /v1/calibrations", () => {
  it("lists them newest first, of one model as well", async () => {
    const { services, later, list } = await surface();
    await list("/v1/calibrations");
    later();
    await saveTestRelease(services, v1, { runId: "run_1", version: "2026-W46" });
    later();
    await saveTestRelease(services, v2, { runId: "run_2", version: "2026-W47" });
    const versions = async (query = "") => (await list(`/v1/calibrations${query}`)).data.map(({ version }) => version);
    expect(await versions()).toEqual(["2026-W47", "2026-W46", "fitted on global@v0"]);
    expect(await versions("?model=client@v1")).toEqual(["2026-W47"]);
  });
});

describe("GET /v1/calibrations/{version}", () => {
  it("gives its curves, and what share of clean events is beyond the threshold in force", async () => {
    const { services, get } = await surface();
    await saveTestRelease(services, v2, { runId: "run_1", version: "2026-W47" });
    expect(await get("/v1/calibrations/2026-W47")).toMatchObject({
      threshold: { score: null, share: null, reason: "as deployed (ALERT_THRESHOLD)" },
    });
    await changeSettings(database.db, { threshold: 0.6, alert_budget: null, rules: {} }, "key_1", services.nowMs());
    const calibration = await get("/v1/calibrations/2026-W47");
    expect(calibration).toMatchObject({
      model: "global@v2",
      client_model: "client@v1",
      active: false,
      days: 28,
      summary: { alerts_per_day: 12 },
      threshold: { score: 0.6, share: expect.closeTo(0.001, 9) },
      curves: {
        payments: {
          combined: [
            { value: 0, share: 1, score: 0 },
            { value: 1, share: 0.1, score: 0.2 },
          ],
          client: {
            logistic: [
              { value: -10, share: 1 },
              { value: 10, share: 0.0001 },
            ],
          },
        },
        others: null,
      },
    });
  });

  it("answers 503 rather than half of it when its file cannot be read", async () => {
    const { services, app, models } = await surface();
    await saveTestRelease(services, v1, { runId: "run_1", version: "2026-W47" });
    for (const key of models.files.keys()) if (key.includes("2026-W47")) models.files.delete(key);
    expect(await app.call("/v1/calibrations/2026-W47")).toMatchObject({ status: 503 });
    expect(await app.call("/v1/calibrations/2026-W50")).toMatchObject({ status: 404 });
  });
});
