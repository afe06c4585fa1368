import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { DETECTION_ENTRY, DetectionDocument } from "../../shared/detection-settings.ts";
import type { Db } from "../store/db.ts";
import { testDatabase } from "../store/test-database.ts";
import { testApp, type Answered } from "../test-app.ts";
import { NOW_MS } from "../test-events.ts";
import { changeSettings, insertVersion } from "./settings.ts";
import { setEffectiveThreshold } from "./set-effective-threshold.ts";

const UNSET = { threshold: null, alert_budget: null, rules: {} };
const PATH = "/v1/detection-settings";

const Settings = z.looseObject({
  version: z.int(),
  effective: z.object({ threshold: z.number().nullable(), reason: z.string() }),
});
const Listed = z.object({ data: z.array(Settings), next_cursor: z.string().nullable() });

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
beforeEach(() => database.reset());

async function surface() {
  const kept = new Map<string, string>();
  const state = { nowMs: NOW_MS };
  const services = {
    db: database.db,
    keyCopies: { put: async (entry: string, value: string) => void kept.set(entry, value) },
    nowMs: () => state.nowMs,
    log: () => undefined,
  };
  const app = await testApp(database.db, services);
  const get = async () => Settings.parse(answered(200, await app.call(PATH)));
  const set = async (changes: object) => {
    const answer = await app.call(PATH, { method: "POST", as: "operator", json: { ...UNSET, ...changes } });
    return Settings.parse(answered(200, answer));
  };
  /** What the edge would read. */
  const copied = () => DetectionDocument.parse(JSON.parse(kept.get(DETECTION_ENTRY) ?? "null"));
  return { app, services, state, get, set, copied, operator: app.keys.texts.operator.split("_")[1] };
}

function answered(status: number, answer: Answered): unknown {
  expect({ status: answer.status, body: answer.body }).toMatchObject({ status });
  return answer.body;
}

describe("/v1/detection-settings", () => {
  it("answers the deployment's own while nothing was ever set", async () => {
    const { get } = await surface();
    expect(await get()).toEqual({
      version: 0,
      ...UNSET,
      effective: { threshold: null, reason: "as deployed (ALERT_THRESHOLD)" },
      set_at: null,
      set_by: null,
    });
  });

  it("sets all of it at once, on record with who set it, and tells the edge at once", async () => {
    const { get, set, copied, operator } = await surface();
    const rules = { card_testing_cards: 3, price_glitch_factor: 2.5 };
    const answer = await set({ threshold: 0.65, rules });
    expect(answer).toEqual({
      version: 1,
      threshold: 0.65,
      alert_budget: null,
      rules,
      effective: { threshold: 0.65, reason: "set by an operator" },
      set_at: new Date(NOW_MS).toISOString(),
      set_by: operator,
    });
    expect(await get()).toEqual(answer);
    expect(copied()).toEqual({ v: 1, version: 1, threshold: 0.65, rules });
    await set({ alert_budget: { share: 0.001 } });
    expect(copied()).toMatchObject({ version: 2, threshold: 0.6, rules: {} });
    await set({});
    expect(copied()).toEqual({ v: 1, version: 3, threshold: null, rules: {} });
  });

  it.each([
    { changes: { threshold: 2 }, pointer: "/threshold", because: "no score is as high" },
    {
      changes: { rules: { velocity_orders: 1 } },
      pointer: "/rules/velocity_orders",
      because: "every order would be one",
    },
    { changes: { rules: { velocity: 3 } }, pointer: "/rules/velocity", because: "there is no such setting" },
    {
      changes: { threshold: 0.5, alert_budget: { per_day: 5 } },
      pointer: "/alert_budget",
      because: "only one can hold",
    },
  ])("refuses $changes: $because", async ({ changes, pointer }) => {
    const { app, get } = await surface();
    const answer = await app.call(PATH, { method: "POST", as: "operator", json: { ...UNSET, ...changes } });
    expect(answered(422, answer)).toMatchObject({ errors: [{ pointer }] });
    expect((await get()).version).toBe(0);
  });

  it("keeps every version, and pages through them from the newest on", async () => {
    const { app, set, state } = await surface();
    for (const threshold of [0.5, 0.6, 0.7]) {
      await set({ threshold });
      state.nowMs += 1;
    }
    const first = Listed.parse(answered(200, await app.call(`${PATH}/history?limit=2`)));
    const rest = Listed.parse(answered(200, await app.call(`${PATH}/history?limit=2&cursor=${first.next_cursor}`)));
    expect([...first.data, ...rest.data].map(({ version, threshold }) => [version, threshold])).toEqual([
      [3, 0.7],
      [2, 0.6],
      [1, 0.5],
    ]);
    expect(rest.next_cursor).toBeNull();
  });

  it("refuses the cursor of another list", async () => {
    const { app } = await surface();
    const cursor = btoa(JSON.stringify(["2026-11-21T10:00:00.000000Z", "lst_1"]));
    answered(400, await app.call(`${PATH}/history?cursor=${cursor}`));
  });

  it("is for analysts to look at, and for operators to change", async () => {
    const { app } = await surface();
    answered(200, await app.call(`${PATH}/history`, { as: "analyst" }));
    answered(403, await app.call(PATH, { method: "POST", as: "analyst", json: UNSET }));
    answered(403, await app.call(PATH, { as: "ingest" }));
    answered(401, await app.call(PATH, { as: null }));
  });
});

describe("changeSettings", () => {
  it("changes nothing when others were set since it looked, so that nobody's change is lost unseen", async () => {
    const { db } = database;
    const racing: Db = Object.assign(Object.create(db), {
      insert: (table: Parameters<Db["insert"]>[0]) => ({
        values: (values: never) => ({
          onConflictDoNothing: () => ({
            async returning(fields: never) {
              await changeSettings(db, { ...UNSET, threshold: 0.9 }, "key_other", NOW_MS);
              return db.insert(table).values(values).onConflictDoNothing().returning(fields);
            },
          }),
        }),
      }),
    });
    expect(await changeSettings(racing, { ...UNSET, threshold: 0.5 }, "key_late", NOW_MS)).toBeNull();
    const { get } = await surface();
    expect(await get()).toMatchObject({ version: 1, threshold: 0.9, set_by: "key_other" });
  });
});

describe("setEffectiveThreshold", () => {
  it("writes the threshold found for the alerts a day an operator wants, with its reason, and tells the edge", async () => {
    const { services, get, set, copied } = await surface();
    const rules = { velocity_orders: 4 };
    expect((await set({ alert_budget: { per_day: 20 }, rules })).effective.threshold).toBeNull();
    const found = { threshold: 0.83, reason: "20 alerts a day, of 31,000 events" };
    expect(await setEffectiveThreshold({ ...found, budget: { per_day: 20 } }, services)).toBe(true);
    expect(copied()).toEqual({ v: 1, version: 2, threshold: 0.83, rules });
    expect(await get()).toMatchObject({
      version: 2,
      alert_budget: { per_day: 20 },
      rules,
      effective: found,
      set_by: null,
    });
  });

  it("writes the one found for a share, in place of what scores promise", async () => {
    const { services, get, set } = await surface();
    const budget = { share: 0.001 };
    expect((await set({ alert_budget: budget })).effective.threshold).toBe(0.6);
    expect(await setEffectiveThreshold({ threshold: 0.64, reason: "found", budget }, services)).toBe(true);
    expect(await get()).toMatchObject({ version: 2, effective: { threshold: 0.64 }, alert_budget: budget });
  });

  it.each([{ threshold: 0.5 }, { alert_budget: { share: 0.01 } }, { alert_budget: { per_day: 30 } }, {}])(
    "leaves %j as they are, because nobody wishes what it was found for",
    async (changes) => {
      const { services, get, set } = await surface();
      await set(changes);
      const found = { threshold: 0.83, reason: "found", budget: { per_day: 20 } };
      expect(await setEffectiveThreshold(found, services)).toBe(false);
      expect((await get()).version).toBe(1);
    },
  );

  it("refuses a threshold that the edge would not take, so that a broken calibration leaves the last one", async () => {
    const { services, set, copied } = await surface();
    await set({ alert_budget: { per_day: 20 } });
    for (const threshold of [Number.NaN, 0, 1.2]) {
      const broken = { threshold, reason: "broken", budget: { per_day: 20 } };
      await expect(setEffectiveThreshold(broken, services)).rejects.toThrow(z.ZodError);
    }
    expect(copied().version).toBe(1);
  });

  it("does not write over what was set meanwhile", async () => {
    const { set, get } = await surface();
    const settings = { ...UNSET, alert_budget: { per_day: 20 } };
    await set(settings);
    const effective = { threshold: 0.83, reason: "found" };
    const late = { version: 1, settings, effective, keyId: null, at: new Date(NOW_MS) };
    expect(await insertVersion(database.db, late)).toBeNull();
    expect((await get()).effective.threshold).toBeNull();
  });
});
