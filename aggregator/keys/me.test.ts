import { beforeAll, describe, expect, it } from "vitest";
import { testDatabase } from "../store/test-database.ts";
import { testApp } from "../test-app.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
let app: Awaited<ReturnType<typeof testApp>>;
beforeAll(async () => {
  database = await testDatabase();
  app = await testApp(database.db);
});

describe("GET /v1/me", () => {
  it.each(["ingest", "analyst", "operator", "admin"] as const)("tells the key of role %s what it is", async (role) => {
    const { status, body } = await app.call("/v1/me", { as: role });
    expect({ status, body }).toMatchObject({ status: 200, body: { kind: "secret", role, description: null } });
  });

  it("tells what people wrote about the key, and when it ends", async () => {
    const granted = {
      kind: "secret",
      role: "analyst",
      description: "Ada's laptop",
      expires_at: "2030-01-01T00:00:00Z",
    };
    const made = await app.call("/v1/api-keys", { method: "POST", as: "admin", json: granted });
    const { key } = made.body as { key: string }; // by the route's own schema, which testApp holds it against
    const { body } = await app.call("/v1/me", { as: null, headers: { authorization: `Bearer ${key}` } });
    expect(body).toMatchObject({ description: "Ada's laptop", expires_at: "2030-01-01T00:00:00.000Z" });
    expect(JSON.stringify(body)).not.toContain(key);
  });

  it.each([
    { as: null, status: 401, because: "nobody is there to be told of" },
    { as: "publishable", status: 403, because: "it may only write events" },
  ] as const)("answers $status to $as, as $because", async ({ as, status }) => {
    expect((await app.call("/v1/me", { as })).status).toBe(status);
  });
});
