import { beforeEach, describe, expect, it } from "vitest";
import { createAlertWatch, type AlertWatch } from "./alert-watch.ts";
import type { Terminal } from "./terminal.ts";

const RECEIVED_MS = Date.parse("2026-11-21T10:00:00Z");
let lines: string[];
let watch: AlertWatch;
let receivedAtMs: (id: string) => Promise<number | null>;
beforeEach(() => {
  lines = [];
  receivedAtMs = async () => RECEIVED_MS;
  const terminal: Terminal = {
    line: (text = "") => void lines.push(text),
    progress: () => {},
    endProgress: () => {},
    paint: (_, text) => text,
    columns: () => 200,
  };
  watch = createAlertWatch(terminal, (id) => receivedAtMs(id));
  watch.expect([{ event: { id: "evt_injected", name: "purchase" }, atMs: 0, attack: "price glitch" }]);
});

async function take(id: string, body: object = {}) {
  const data = { event: { id, name: "purchase" }, assessment: { score: 0.9, reasons: [] } };
  const headers = { "webhook-id": "msg_1", "webhook-timestamp": "1", "webhook-signature": "v1,x" };
  watch.take({ received_at: "2026-11-21T10:00:01.500Z", headers, body: { type: "anomaly.detected", data, ...body } });
  await new Promise(setImmediate);
}

describe("createAlertWatch", () => {
  it("shows an alert with its delay since the edge received the event, and keeps it", async () => {
    await take("evt_injected");
    expect(lines).toEqual([expect.stringMatching(/ 1\.5 s .*price glitch/)]);
    expect([...watch.arrived()]).toEqual([["evt_injected", { delayMs: 1_500 }]]);
  });

  it("counts an alert once, though a delivery whose answer was lost is made again", async () => {
    await take("evt_injected");
    await take("evt_injected");
    expect(lines).toHaveLength(1);
  });

  it("shows an alert of somebody else's event and does not count it for the replay", async () => {
    await take("evt_of_mine");
    expect(lines).toHaveLength(1);
    expect(watch.arrived().size).toBe(0);
  });

  it("shows an alert without its delay when Postgres cannot be asked", async () => {
    receivedAtMs = () => Promise.reject(new Error("away"));
    await take("evt_injected");
    expect(lines).toHaveLength(1);
    expect(watch.arrived().get("evt_injected")).toEqual({ delayMs: null });
  });

  it("shows any other webhook too, so that a test of it, a digest or an incident can be seen", async () => {
    await take("x", { type: "webhook.test" });
    await take("x", { type: "metric.anomaly", data: { alert: { title: "Orders have halved" } } });
    expect(lines).toEqual([
      expect.stringMatching(/ webhook\.test$/),
      expect.stringMatching(/ metric\.anomaly: Orders have halved$/),
    ]);
  });
});
