import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { DevelopmentKeys } from "./keys.ts";
import { listen } from "./listen.ts";

const START = fileURLToPath(new URL("start.ts", import.meta.url));
const READY_DEADLINE_MS = 60_000;

/** The contract's form, which others rely on: written here once more, so that a change of it is noticed. */
const LocalJson = z.strictObject({
  edge: z.string().regex(/^http:\/\/127\.0\.0\.1:\d+$/),
  aggregator: z.string().regex(/^http:\/\/127\.0\.0\.1:\d+$/),
  keys: DevelopmentKeys,
  webhook_receiver: z.string().regex(/^http:\/\/127\.0\.0\.1:\d+$/),
  shop: z.string().regex(/^http:\/\/127\.0\.0\.1:\d+$/),
});

interface Started {
  child: ChildProcess;
  /** What it has printed so far. */
  printed(): string;
  exited: Promise<{ code: number | null }>;
}

const dataDir = mkdtempSync(join(tmpdir(), "start-"));
let ports: { EDGE_PORT: string; AGGREGATOR_PORT: string; SHOP_PORT: string };
let running: Started;

const freePort = async () => {
  const server = createServer();
  const port = await listen(server, 0);
  server.close();
  await once(server, "close");
  return String(port);
};
const freePorts = async () => ({
  EDGE_PORT: await freePort(),
  AGGREGATOR_PORT: await freePort(),
  SHOP_PORT: await freePort(),
});

function start(environment: Record<string, string>): Started {
  // As users start it: without what npm and vitest have set around this test.
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, [START, "--no-demo"], {
    env: { PATH, HOME, DATA_DIR: dataDir, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  child.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  const exited = once(child, "close").then(([code]) => ({ code: code as number | null })); // as "close" gives it
  return { child, printed: () => printed, exited };
}

async function ready(started: Started): Promise<void> {
  const endMs = performance.now() + READY_DEADLINE_MS;
  while (!/^ready /m.test(started.printed())) {
    if (started.child.exitCode !== null || performance.now() > endMs)
      throw new Error(`not ready:\n${started.printed()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function stopped(started: Started): Promise<{ code: number | null; tookMs: number }> {
  const startMs = performance.now();
  started.child.kill("SIGTERM");
  const { code } = await started.exited;
  return { code, tookMs: performance.now() - startMs };
}

const localJson = () => LocalJson.parse(JSON.parse(readFileSync(join(dataDir, "local.json"), "utf8")));
const bearer = (key: string) => ({ authorization: `Bearer ${key}`, "content-type": "application/json" });

beforeAll(async () => {
  ports = await freePorts();
  running = start(ports);
  await ready(running);
}, READY_DEADLINE_MS);
afterAll(async () => {
  running.child.kill("SIGKILL");
  await running.exited;
  rmSync(dataDir, { recursive: true, force: true });
});

describe("npm start -- --no-demo", () => {
  it("prints `ready` with the addresses on the ports it was given, and no warnings", () => {
    const { edge, aggregator, shop } = localJson();
    expect(running.printed()).toMatch(new RegExp(`^ready .*${edge} .*${aggregator} .*${shop}`, "m"));
    expect([edge, aggregator, shop]).toEqual(
      [ports.EDGE_PORT, ports.AGGREGATOR_PORT, ports.SHOP_PORT].map((port) => `http://127.0.0.1:${port}`),
    );
    expect(running.printed()).not.toMatch(/warning/i);
  });

  it("writes local.json in the contract's form, for its owner alone, with a receiver that answers", async () => {
    expect(statSync(join(dataDir, "local.json")).mode & 0o777).toBe(0o600);
    const answer = await fetch(`${localJson().webhook_receiver}/received`);
    expect(await answer.json()).toEqual({ data: [] });
  });

  it.each(["EDGE_PORT", "AGGREGATOR_PORT", "SHOP_PORT"] as const)(
    "says in one line to change %s when its port is taken, and ends with 1",
    async (name) => {
      const second = start({ ...(await freePorts()), [name]: ports[name], DATA_DIR: join(dataDir, "another") });
      expect(await second.exited).toEqual({ code: 1 });
      expect(second.printed().trim().split("\n")).toEqual([
        expect.stringMatching(new RegExp(`Port ${ports[name]} is taken .*${name}`)),
      ]);
    },
  );

  it("serves a shop whose pages embed the snippet of this edge", async () => {
    const { shop, edge } = localJson();
    const home = await fetch(shop);
    expect(home.status).toBe(200);
    expect(await home.text()).toContain(`src="${edge}/pulse.js"`);
  });

  it("leaves a data folder alone that another process uses, says so, and ends with 1", async () => {
    const second = start(await freePorts());
    expect(await second.exited).toEqual({ code: 1 });
    expect(second.printed()).toMatch(/used by another npm start.*DATA_DIR/);
  });

  it("loses nothing that was answered `accepted` when SIGTERM comes at once, and keeps data and keys for the next start", async () => {
    const { edge, keys } = localJson();
    const events = Array.from({ length: 40 }, (_, index) => ({
      id: `evt_last_${index}`,
      name: "page_view",
      client_id: "c-1",
    }));
    const body = JSON.stringify({ events });
    const answer = await fetch(`${edge}/v1/events/batch`, { method: "POST", headers: bearer(keys.ingest), body });
    expect(answer.status).toBe(200);
    const { code, tookMs } = await stopped(running);
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(10_000);

    running = start(ports);
    await ready(running);
    expect(localJson().keys).toEqual(keys);
    const found = await fetch(`${localJson().aggregator}/v1/events?name=page_view&limit=100`, {
      headers: bearer(keys.analyst),
    });
    const { data } = z.object({ data: z.array(z.object({ id: z.string() })) }).parse(await found.json());
    expect(data.map(({ id }) => id).sort()).toEqual(events.map(({ id }) => id).sort());
  }, 60_000);
});
