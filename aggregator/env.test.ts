import { afterEach, describe, expect, it, vi } from "vitest";
import { unstable_readConfig as readWranglerConfig } from "wrangler";
import { readConfig } from "./env.ts";
import worker from "./index.ts";

// What only the runtime has; nothing here calls it.
vi.mock("cloudflare:workers", () => ({
  DurableObject: Object,
  WorkflowEntrypoint: Object,
  waitUntil: () => undefined,
}));

const deployed = readWranglerConfig({ config: "wrangler.toml", env: "aggregator" });
const secrets = { DATABASE_URL: "postgresql://user:hunter2@db.example/shop?sslmode=require" };

describe("readConfig", () => {
  it("takes what wrangler.toml sets, with the secret beside it", () => {
    expect(readConfig({ ...deployed.vars, ...secrets })).toEqual({
      databaseUrl: secrets.DATABASE_URL,
      databaseEndpoint: null,
      allowLocalWebhooks: false,
      publicUrl: deployed.vars["PUBLIC_URL"],
      insightsModel: null,
    });
  });

  it("reads what local development sets", () => {
    const local = {
      DATABASE_ENDPOINT: "http://127.0.0.1:4444/sql",
      ALLOW_LOCAL_WEBHOOKS: "true",
      PUBLIC_URL: "http://127.0.0.1:8788/",
    };
    expect(readConfig({ ...local, ...secrets })).toMatchObject({
      databaseEndpoint: "http://127.0.0.1:4444/sql",
      allowLocalWebhooks: true,
      publicUrl: "http://127.0.0.1:8788",
    });
  });

  it.each([
    { DATABASE_URL: "" },
    { DATABASE_URL: undefined },
    { DATABASE_URL: "mysql://user:hunter2@db.example/shop" },
    { DATABASE_ENDPOINT: "hunter2" },
    { ALLOW_LOCAL_WEBHOOKS: "hunter2" },
    { PUBLIC_URL: "ftp://hunter2.example" },
  ])("refuses %o by name and without its value, because it may be a secret", (change) => {
    const read = () => readConfig({ ...deployed.vars, ...secrets, ...change });
    expect(read).toThrow(Object.keys(change)[0]);
    expect(read).not.toThrow("hunter2");
  });
});

describe("wrangler.toml", () => {
  it("gives every queue a consumer, those of dead letters too, so that no message ends unseen", () => {
    const edge = readWranglerConfig({ config: "wrangler.toml", env: "edge" });
    const [consumed, dead, produced]: [string[], string[], string[]] = [[], [], []];
    for (const { queues } of [edge, deployed]) {
      for (const { queue, dead_letter_queue } of queues.consumers ?? []) {
        consumed.push(queue);
        if (dead_letter_queue !== undefined) dead.push(dead_letter_queue);
      }
      for (const { queue } of queues.producers ?? []) produced.push(queue);
    }
    expect(consumed).toEqual(expect.arrayContaining([...produced, ...dead]));
    const expected = ["pulseecom-labels-dead", "pulseecom-assessments-dead", "pulseecom-accounts-dead"];
    expect(new Set(dead)).toEqual(new Set(expected));
  });
});

describe("the Worker", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  const context = {} as ExecutionContext; // never reached: there is no configuration to begin with
  const request = new Request("https://pulse.example/healthz") as Parameters<typeof worker.fetch>[0];

  it("serves nothing by a bad configuration", () => {
    const env = { ...deployed.vars, DATABASE_URL: "" } as unknown as Parameters<typeof worker.fetch>[1];
    expect(() => worker.fetch(request, env, context)).toThrow("DATABASE_URL");
  });

  it("consumes every queue that wrangler.toml gives it, and acknowledges none that it does not know", async () => {
    const written = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const nowhere = { DATABASE_ENDPOINT: "http://127.0.0.1:9/sql" };
    const env = { ...deployed.vars, ...secrets, ...nowhere } as unknown as Parameters<typeof worker.fetch>[1];
    const empty = (queue: string) => ({ queue, messages: [], ackAll() {}, retryAll() {} }) as unknown as MessageBatch;
    for (const { queue } of deployed.queues.consumers ?? []) await worker.queue(empty(queue), env, context);
    await expect(worker.queue(empty("another"), env, context)).rejects.toThrow("another");
    expect(deployed.queues.consumers).toHaveLength(6);
    expect(JSON.stringify(written.mock.calls)).not.toContain("hunter2");
  });
});
