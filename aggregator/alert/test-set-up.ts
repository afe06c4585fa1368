import { afterEach, beforeAll, beforeEach } from "vitest";
import { readJson } from "../../shared/read-json.ts";
import { serve, type Operation } from "../../shared/serve.ts";
import type { Db } from "../store/db.ts";
import { testDatabase, type TestDatabase } from "../store/test-database.ts";
import type { alerting } from "./test-alerting.ts";
import { startEndpoint, type Endpoint } from "./test-endpoint.ts";

/** What {@link setUpEach} has made for the test that runs. */
export let db: Db;
export let endpoint: Endpoint;

/** Each test of the file that calls this finds an empty database, and an endpoint that nothing was sent to. */
export function setUpEach(): void {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
    db = database.db;
  });
  beforeEach(async () => {
    await database.reset();
    endpoint = await startEndpoint();
  });
  afterEach(() => endpoint.close());
}

/** Some operations alone, and a call of them; keys and roles are the app's. */
export function surfaceOf(operations: Operation[], { services, logged }: ReturnType<typeof alerting>) {
  const app = serve({
    info: { title: "alerts", version: "1", description: "" },
    operations,
    admit: async () => undefined,
    readJson: (request) => readJson(request),
    newRequestId: () => "req_1",
    nowMs: services.nowMs,
    log: (line) => logged.push(line),
  });
  const call = async (method: string, path: string, body?: unknown) =>
    app.request(path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
  return { app, call };
}
