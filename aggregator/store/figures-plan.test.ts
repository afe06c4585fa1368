import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { METRICS } from "../query/metric-table.ts";
import { testApp } from "../test-app.ts";
import { testDatabase } from "./test-database.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
let statements: string[];
let app: Awaited<ReturnType<typeof testApp>>;
beforeAll(async () => {
  database = await testDatabase();
  app = await testApp(database.db);
  // What is asked of Postgres is asked for its plan as well, with the same parameters.
  const ask = database.client.query.bind(database.client);
  vi.spyOn(database.client, "query").mockImplementation(async (text, params, options) => {
    const { rows } = await ask<{ "QUERY PLAN": string }>(`EXPLAIN ${text}`, params);
    statements.push(rows.map((row) => row["QUERY PLAN"]).join("\n"));
    return ask(text, params, options);
  });
});
afterAll(() => vi.restoreAllMocks());

it.each([
  ...Object.entries(METRICS).flatMap(([metric, { groups }]) =>
    [null, ...groups].map((group) => `/v1/metrics?metric=${metric}${group === null ? "" : `&group_by=${group}`}`),
  ),
  "/v1/summary?window=24h",
  "/v1/summary?window=90d&traffic=trusted",
])("%s is answered from sums, however many events there are", async (path) => {
  statements = [];
  expect((await app.call(path)).status).toBe(200);
  expect(statements.length).toBeGreaterThan(0);
  const plans = statements.join("\n");
  expect(plans).toMatch(/on rollups_/);
  expect(plans).not.toMatch(/ on (events|sessions|transactions)\b/);
});
