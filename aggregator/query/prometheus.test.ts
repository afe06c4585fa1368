import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { testDatabase } from "../store/test-database.ts";
import { eventRow, storeEvents } from "../store/events.ts";
import { testApp } from "../test-app.ts";
import { ANOMALOUS, NOW_MS, scoredEvent } from "../test-events.ts";
import { textOf } from "./prometheus.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});

describe("GET /metrics", () => {
  it("tells what was stored and what waits, in a form that Prometheus reads", async () => {
    const events = [scoredEvent({ id: "evt_00000001" }), scoredEvent({ id: "evt_00000002" }, ANOMALOUS)];
    const provenance = { requestId: "req_1", keyId: "key_1", nowMs: NOW_MS };
    await storeEvents(
      database.db,
      events.map((event) => eventRow(event, provenance)),
    );
    const app = await testApp(database.db);
    const { status, headers, body } = await app.call("/metrics");
    const text = z.string().parse(body);
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(text).toContain("\npulseecom_events_stored_total 2\n");
    expect(text).toContain('\npulseecom_anomalies{status="open"} 1\n');
    expect(text).toContain("\npulseecom_waiting_messages 0\n");
    for (const line of text.trimEnd().split("\n")) {
      expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{(\w+="[^"\n]*",?)+\})? -?[\d.e+-]+)$/);
    }
  });
});

describe("textOf", () => {
  it("escapes what would end a label, and leaves out a name that has no value", () => {
    const info = { name: "a_info", type: "gauge" as const, help: "What it is." };
    expect(
      textOf([
        { ...info, samples: [{ labels: { of: 'a "b"\\\n' }, value: 1 }] },
        { ...info, name: "b", samples: [] },
      ]),
    ).toBe('# HELP a_info What it is.\n# TYPE a_info gauge\na_info{of="a \\"b\\"\\\\\\n"} 1\n');
  });
});
