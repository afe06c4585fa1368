import { afterEach, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import type { AlertBudget } from "../../shared/detection-settings.ts";
import { daysAfter } from "../days/utc-days.ts";
import { insertScores, promisedScores } from "../days/test-days.ts";
import { changeSettings } from "../detection/settings.ts";
import { testDatabase } from "../store/test-database.ts";
import { testApp } from "../test-app.ts";
import { keepBudget } from "./keep-budget.ts";

const FIRST = "2026-11-01";
const TODAY = "2026-11-21";
const NOW_MS = Date.parse(`${TODAY}T00:20:00.000Z`);
const DAYS = 20;
const EVENTS = 1_000;

let database: Awaited<ReturnType<typeof testDatabase>>;
const clock = { nowMs: NOW_MS };
beforeAll(async () => {
  database = await testDatabase();
});
afterEach(async () => {
  clock.nowMs = NOW_MS;
  await database.reset();
});

const services = () => ({
  db: database.db,
  nowMs: () => clock.nowMs,
  keyCopies: { put: async () => undefined },
  log: () => undefined,
});
const keep = () => keepBudget(services());

async function wish(budget: AlertBudget | null, date = FIRST): Promise<void> {
  const settings = { threshold: null, alert_budget: budget, rules: {} };
  await changeSettings(database.db, settings, "key_1", Date.parse(date) - 1);
}

/** Days of scores that are as rare as they promise, or more or less, with so many alerts each. */
async function sell(stretch: number, alerts = 0, days = DAYS): Promise<void> {
  for (let day = 0; day < days; day++) {
    await insertScores(database.db, daysAfter(FIRST, day), promisedScores(day, EVENTS, stretch), { alerts });
  }
}

async function surface() {
  const app = await testApp(database.db, { nowMs: () => clock.nowMs });
  const { status, body } = await app.call("/v1/alert-budget");
  expect({ status, body }).toMatchObject({ status: 200 });
  return z.looseObject({ threshold: z.number().nullable() }).parse(body);
}
const threshold = async () => (await surface()).threshold;

describe("keepBudget", () => {
  it("finds the threshold that gives so many alerts a day, from days before anybody wished, and takes each day once", async () => {
    await sell(1, 10);
    await wish({ per_day: 10 }, TODAY);
    expect(await threshold()).toBeNull();
    expect(await keep()).toMatchObject({ threshold: expect.closeTo(0.4, 1) });
    const found = await threshold();
    expect(await keep()).toEqual({ days: 0, threshold: null });
    expect(await threshold()).toBe(found);
  });

  it("brings a share to where that share of the shop's own scores is, whatever scores promise", async () => {
    await sell(1.4, 10);
    await wish({ share: 0.01 });
    expect(await threshold()).toBeCloseTo(0.4, 9);
    await keep();
    expect(await threshold()).toBeCloseTo(0.56, 1);
  });

  it("leaves a share that is met where scores promise it, and writes no version for nothing", async () => {
    await wish({ share: 0.01 });
    expect(await keep()).toMatchObject({ threshold: null });
    expect(await surface()).toMatchObject({ basis: "promise", thresholds: [{ version: 1 }] });
  });

  it("raises the threshold after days of more alerts than wished", async () => {
    await sell(1, 10);
    await wish({ per_day: 10 });
    await keep();
    const met = await threshold();
    await database.reset();
    await sell(1, 40);
    await wish({ per_day: 10 });
    await keep();
    expect(await threshold()).toBeGreaterThan(met ?? 1);
  });

  it("does not hold against a wish what happened on days when something else was wished", async () => {
    await sell(1, 40);
    await wish({ per_day: 10 }, TODAY);
    await keep();
    expect(await surface()).toMatchObject({ correction: 1 });
  });

  it("leaves known fraud out of a share, and counts every alert towards a number a day", async () => {
    await sell(1);
    for (let day = 0; day < DAYS; day++) {
      const fraud = { fraud: true, alerts: 50 };
      await insertScores(
        database.db,
        daysAfter(FIRST, day),
        Array.from({ length: 50 }, () => 0.95),
        fraud,
      );
      const views = { payments: false, alerts: 7 };
      await insertScores(
        database.db,
        daysAfter(FIRST, day),
        Array.from({ length: 500 }, () => 0.1),
        views,
      );
    }
    await wish({ share: 0.01 });
    await keep();
    expect(await surface()).toMatchObject({ days: { 0: { events: 1_000, alerts: 0, wished: 10, ratio: 0 } } });
    await wish({ per_day: 57 }, TODAY);
    expect(await surface()).toMatchObject({
      days: { 0: { date: "2026-11-20", events: 1_550, alerts: 57, wished: 57, ratio: 1 } },
      weeks: { 0: { from: "2026-11-14", to: "2026-11-20", alerts: 399, ratio: 1 } },
    });
  });

  it("sets nothing where an operator's own threshold or none is wished", async () => {
    await sell(1, 10);
    await wish(null);
    expect(await keep()).toMatchObject({ threshold: null });
    expect(await surface()).toMatchObject({ target: null, basis: null, correction: null, threshold: null });
  });

  it("begins anew with a state it cannot read, as one of another version may be", async () => {
    await sell(1, 10);
    await wish({ per_day: 10 });
    await database.client.exec(`INSERT INTO alert_budgets VALUES ('per_day', '{"v": 7}', 4)`);
    expect(await keep()).toMatchObject({ threshold: expect.closeTo(0.4, 1) });
  });
});
