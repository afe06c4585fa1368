import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listen } from "./listen.ts";
import { untilReady } from "./readiness.ts";

interface Reply {
  status: number;
  body: string;
}
const ready = (fields: object = {}): Reply => ({ status: 200, body: JSON.stringify({ status: "ready", ...fields }) });
const edgeReady = (runtime: string) => ready({ model: "global@v0", calibration: "x", runtime });
const unavailable: Reply = { status: 503, body: '{"title":"The queue is away"}' };

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A Worker that gives these replies one after the other, the last for ever. */
async function worker(...replies: Reply[]): Promise<URL> {
  let asked = 0;
  const server = createServer((_, response) => {
    const reply = replies[Math.min(asked, replies.length - 1)] ?? unavailable;
    asked += 1;
    response.writeHead(reply.status).end(reply.body);
  });
  servers.push(server);
  return new URL(`http://127.0.0.1:${await listen(server, 0)}`);
}

describe("untilReady", () => {
  let running: AbortController;
  beforeEach(() => {
    running = new AbortController();
  });

  it("waits for both Workers, and for ONNX Runtime behind the plain reader that answers first", async () => {
    const edge = await worker(unavailable, edgeReady("plain"), edgeReady("plain"), edgeReady("ort"));
    const aggregator = await worker({ status: 500, body: "no JSON" }, ready({ database: "ok" }));
    expect(await untilReady(edge, aggregator, running.signal)).toMatchObject({ model: "global@v0", runtime: "ort" });
  });

  it("does not wait for a runtime when no model can score, as none will come", async () => {
    const edge = await worker(ready({ model: null, calibration: "x", runtime: "none" }));
    expect(await untilReady(edge, await worker(ready()), running.signal)).toMatchObject({ runtime: "none" });
  });

  it("ends at once when it is stopped", async () => {
    const waiting = untilReady(await worker(unavailable), await worker(ready()), running.signal);
    setTimeout(() => running.abort(new Error("stopped")), 50);
    await expect(waiting).rejects.toThrow();
  });
});
