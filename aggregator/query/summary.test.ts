import { afterEach, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import type { KeptEvent } from "../../shared/event.ts";
import { eventRow, storeEvents } from "../store/events.ts";
import { testDatabase } from "../store/test-database.ts";
import { testApp } from "../test-app.ts";
import { ANOMALOUS, NOW_MS, scoredEvent } from "../test-events.ts";

const provenance = { requestId: "req_1", keyId: "key_1", nowMs: NOW_MS };

let database: Awaited<ReturnType<typeof testDatabase>>;
let app: Awaited<ReturnType<typeof testApp>>;
beforeAll(async () => {
  database = await testDatabase();
  app = await testApp(database.db);
});
afterEach(() => database.reset());

const HOUR_MS = 60 * 60 * 1000;
let made = 0;

/** Purchases so many hours ago, each of a session and a transaction of its own. */
async function store(...events: (Partial<KeptEvent> & { hoursAgo: number; anomalous?: boolean })[]): Promise<void> {
  const rows = events.map(({ hoursAgo, anomalous = false, ...event }) => {
    made += 1;
    const id = `evt_${String(made).padStart(8, "0")}`;
    const own = { id, session_id: id, timestamp: new Date(NOW_MS - hoursAgo * HOUR_MS).toISOString(), ...event };
    return eventRow(scoredEvent(own, anomalous ? ANOMALOUS : {}), provenance);
  });
  await storeEvents(database.db, rows);
}

const Answer = z.object({
  from: z.string(),
  to: z.string(),
  figures: z.array(
    z.object({
      name: z.string(),
      currency: z.string().optional(),
      value: z.number().nullable(),
      before: z.number().nullable(),
      change: z.number().nullable(),
    }),
  ),
});

/** Of each figure its value, what it was before and the change. */
async function ask(query = ""): Promise<Record<string, (number | null)[]>> {
  const { status, body } = await app.call(`/v1/summary?${query}`);
  expect({ status, body }).toMatchObject({ status: 200 });
  return Object.fromEntries(
    Answer.parse(body).figures.map(({ name, currency, value, before, change }) => [
      [name, currency].filter(Boolean).join(" "),
      [value, before, change],
    ]),
  );
}

const fill = () =>
  store(
    { hoursAgo: 0, value: 30 },
    { hoursAgo: 23, value: 15.05, anomalous: true },
    { hoursAgo: 23, name: "payment_failed" },
    { hoursAgo: 1, value: 500, currency: "JPY" },
    { hoursAgo: 2, name: "refund", value: 5 },
    { hoursAgo: 25, value: 20 },
    { hoursAgo: 47, name: "page_view" },
    { hoursAgo: 49, value: 1000 },
  );

describe("GET /v1/summary", () => {
  it("holds the last day against the day before, by currency where it is money", async () => {
    await fill();
    expect(await ask()).toEqual({
      "revenue EUR": [45.05, 20, (45.05 - 20) / 20],
      "revenue JPY": [500, 0, null],
      orders: [3, 1, 2],
      events: [5, 2, 1.5],
      sessions: [5, 2, 1.5],
      conversion_rate: [0.6, 0.5, (0.6 - 0.5) / 0.5],
      "average_order_value EUR": [22.53, 20, (22.53 - 20) / 20],
      "average_order_value JPY": [500, null, null],
      refund_rate: [1 / 3, 0, null],
      anomaly_rate: [0.2, 0, null],
      payment_decline_rate: [0.25, 0, null],
      anomalies: [1, 0, null],
    });
  });

  it("leaves anomalies out of trusted traffic", async () => {
    await fill();
    expect(await ask("traffic=trusted")).toMatchObject({
      "revenue EUR": [30, 20, 0.5],
      orders: [2, 1, 1],
      events: [4, 2, 1],
    });
  });

  it.each([
    { window: "1h", from: "2026-11-21T09:01:00.000Z", to: "2026-11-21T10:01:00.000Z", events: [1, 1, 0] },
    { window: "2d", from: "2026-11-19T10:01:00.000Z", to: "2026-11-21T10:01:00.000Z", events: [7, 1, 6] },
    { window: "8d", from: "2026-11-13T11:00:00.000Z", to: "2026-11-21T11:00:00.000Z", events: [8, 0, null] },
    { window: "90d", from: "2026-08-23T11:00:00.000Z", to: "2026-11-21T11:00:00.000Z", events: [8, 0, null] },
  ])("takes $window up to now, the present minute or hour with it", async ({ window, from, to, events }) => {
    await fill();
    const { body } = await app.call(`/v1/summary?window=${window}`);
    expect(Answer.parse(body)).toMatchObject({ from, to });
    expect((await ask(`window=${window}`))["events"]).toEqual(events);
  });

  it("answers of nothing what there is to say", async () => {
    const figures = await ask();
    expect(figures).toMatchObject({ events: [0, 0, null], conversion_rate: [null, null, null] });
    expect(Object.keys(figures).filter((name) => name.startsWith("revenue"))).toEqual([]);
  });

  it.each(["0h", "24", "1w", "-1h", "91d", "2161h", "1.5h", "%00", "9999999999999h"])(
    "answers 422 to a window of %s",
    async (window) => {
      const { status, body } = await app.call(`/v1/summary?window=${window}`);
      expect({ status, body }).toMatchObject({ status: 422, body: { errors: [{ pointer: "/window" }] } });
    },
  );
});
