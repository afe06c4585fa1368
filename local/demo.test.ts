import { createServer, type Server } from "node:http";
import { json } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { createAlertWatch } from "./alert-watch.ts";
import { runDemo, type DemoServices } from "./demo.ts";
import { listen } from "./listen.ts";
import { openTerminal } from "./terminal.ts";

const Sent = z.object({ id: z.string(), name: z.string(), timestamp: z.string() });
const Body = z.union([z.object({ events: z.array(Sent) }), Sent]);
const headers = { "webhook-id": "msg_1", "webhook-timestamp": "1", "webhook-signature": "v1,x" };

/** Finds card testing and nothing else. */
const isAnomaly = (id: string) => /_T\d+$/.test(id);

let received: z.infer<typeof Sent>[];
let status: number;
let written: string;
let server: Server;
let services: DemoServices;

/** An edge that takes everything in, stores it at once, and has its alerts arrive at once. */
beforeEach(async () => {
  received = [];
  status = 200;
  written = "";
  const terminal = openTerminal({ write: (text) => (written += text) }, {});
  const watch = createAlertWatch(terminal, async () => Date.now());
  server = createServer((request, response) => {
    void (async () => {
      const body = Body.parse(await json(request));
      const events = "events" in body ? body.events : [body];
      received.push(...events);
      const results = events.map(({ id }) => ({ id, status: "accepted", assessment: { anomaly: isAnomaly(id) } }));
      for (const event of events.filter(({ id }) => isAnomaly(id))) {
        const data = { event, assessment: { score: 0.9, reasons: [] } };
        watch.take({ received_at: new Date().toISOString(), headers, body: { type: "anomaly.detected", data } });
      }
      const answer = "events" in body ? { results } : results[0];
      response.writeHead(status === 200 && !("events" in body) ? 202 : status).end(JSON.stringify(answer));
    })();
  });
  const countStored = async (prefix: string) => received.filter(({ id }) => id.startsWith(prefix)).length;
  const alertsOf = async () =>
    new Map(received.filter(({ id }) => isAnomaly(id)).map(({ id }) => [id, { isRaised: true, toldWith: id }]));
  const edge = new URL(`http://127.0.0.1:${await listen(server, 0)}`);
  services = { terminal, watch, edge, ingestKey: "sk_1", countStored, alertsOf, replayMs: 0 };
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

describe("runDemo", () => {
  it("sends every event once, in the order in which they happened, and says what became of them", async () => {
    const { sent, stored } = await runDemo(services, new AbortController().signal);
    const times = received.map(({ timestamp }) => Date.parse(timestamp));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(new Set(received.map(({ id }) => id)).size).toBe(received.length);
    expect([sent.length, stored]).toEqual([received.length, received.length]);
    expect(Math.max(...times)).toBeLessThanOrEqual(Date.now());
    expect(written).toMatch(/card testing +found at its event 1; 25 of 25/);
    expect(written).toMatch(/account takeover +not found/);
    expect(written).toContain("1 of 5 found");
  });

  it("is of other orders and customers the second time, so that not everything is a duplicate", async () => {
    await runDemo(services, new AbortController().signal);
    await runDemo(services, new AbortController().signal);
    expect(new Set(received.map(({ id }) => id)).size).toBe(received.length);
  });

  it("ends at once when it is stopped", async () => {
    const stopping = new AbortController();
    const running = runDemo({ ...services, replayMs: 60_000 }, stopping.signal);
    setTimeout(() => stopping.abort(new Error("stopped")), 100);
    await expect(running).rejects.toThrow();
    expect(received.length).toBeLessThan(200);
  });

  it("ends with the reason when the edge refuses its key", async () => {
    status = 401;
    await expect(runDemo(services, new AbortController().signal)).rejects.toThrow("the edge answers 401");
  });
});
