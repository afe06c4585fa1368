import { afterEach, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import type { KeptEvent } from "../../shared/event.ts";
import type { Signals } from "../../shared/signals.ts";
import { eventRow, storeEvents } from "../store/events.ts";
import { testDatabase } from "../store/test-database.ts";
import { testApp } from "../test-app.ts";
import { ANOMALOUS, NOW_MS, scoredEvent } from "../test-events.ts";
import { INTERVALS } from "./buckets.ts";
import { METRICS as METRIC_TABLE } from "./metric-table.ts";

const provenance = { requestId: "req_1", keyId: "key_1", nowMs: NOW_MS };

let database: Awaited<ReturnType<typeof testDatabase>>;
let app: Awaited<ReturnType<typeof testApp>>;
beforeAll(async () => {
  database = await testDatabase();
  app = await testApp(database.db);
});
afterEach(() => database.reset());

interface Told extends Partial<KeptEvent> {
  anomalous?: boolean;
  signals?: Signals;
}

let made = 0;

/** Purchases, each in a session and a transaction of its own, unless told otherwise. */
async function store(...events: Told[]): Promise<void> {
  const rows = events.map(({ anomalous = false, signals = { country: "DE", device_class: "mobile" }, ...event }) => {
    made += 1;
    const id = `evt_${String(made).padStart(8, "0")}`;
    const own = { id, session_id: `session-${id}`, ...event };
    return eventRow(scoredEvent(own, anomalous ? ANOMALOUS : {}, { signals }), provenance);
  });
  await storeEvents(database.db, rows);
}

const Answer = z.object({
  from: z.string(),
  to: z.string(),
  interval: z.string(),
  unit: z.string(),
  series: z.array(
    z.object({
      group: z.string().nullable(),
      currency: z.string().optional(),
      points: z.array(z.object({ at: z.string(), value: z.number().nullable() })),
    }),
  ),
});

async function ask(query: string): Promise<z.infer<typeof Answer>> {
  const { status, body } = await app.call(`/v1/metrics?${query}`);
  expect({ status, body }).toMatchObject({ status: 200 });
  return Answer.parse(body);
}

/** Of each series its name and its values, of three hours of the day of the tests. */
async function values(query: string): Promise<Record<string, (number | null)[]>> {
  const { series } = await ask(`interval=1h&from=2026-11-21T07:00:00Z&to=2026-11-21T10:00:00Z&${query}`);
  return Object.fromEntries(
    series.map(({ group, currency, points }) => [
      [group, currency].filter(Boolean).join(" ") || "all",
      points.map(({ value }) => value),
    ]),
  );
}

const at = (time: string) => ({ timestamp: `2026-11-21T${time}:00.000Z` });
const NAMED = ["revenue", "orders", "events", "sessions", "conversion_rate", "average_order_value", "refund_rate"];
const METRICS = [...NAMED, "anomaly_rate", "payment_decline_rate"];

describe("GET /v1/metrics", () => {
  it("answers the last day by the hour when only the metric is given", async () => {
    await store(at("09:59"));
    const { status, body } = await app.call("/v1/metrics?metric=orders");
    expect(status).toBe(200);
    expect(body).toMatchObject({
      metric: "orders",
      unit: "count",
      interval: "1h",
      from: "2026-11-20T10:00:00.000Z",
      to: "2026-11-21T10:00:00.000Z",
      group_by: null,
      traffic: "all",
    });
    const { series } = Answer.parse(body);
    expect(series).toHaveLength(1);
    expect(series[0]?.points).toHaveLength(24);
    expect(series[0]?.points.at(-1)).toEqual({ at: "2026-11-21T09:00:00.000Z", value: 1 });
  });

  describe("of each metric", () => {
    const fill = () =>
      store(
        { ...at("07:10"), name: "page_view" },
        { ...at("07:20"), value: 10, session_id: "s-1", transaction_id: "t-1" },
        { ...at("07:25"), value: 10, session_id: "s-1", transaction_id: "t-1" },
        { ...at("07:30"), value: 20.25, session_id: "s-2", transaction_id: "t-2" },
        { ...at("07:30"), value: 1000, currency: "JPY", session_id: "s-2", transaction_id: "t-3" },
        { ...at("07:40"), name: "payment_failed", session_id: "s-3" },
        { ...at("07:50"), value: 99, payment: { outcome: "declined" }, session_id: "s-3", transaction_id: "t-4" },
        { ...at("09:00"), name: "refund", value: 5, transaction_id: "t-1" },
        { ...at("09:10"), name: "refund", value: 5, transaction_id: "t-1" },
        { ...at("09:20"), value: 30, transaction_id: "t-5", anomalous: true },
      );

    it.each([
      { metric: "revenue", expected: { EUR: [30.25, 0, 30], JPY: [1000, 0, 0] }, because: "a repeat counts once" },
      { metric: "orders", expected: { all: [3, 0, 1] }, because: "a declined purchase is none" },
      { metric: "events", expected: { all: [7, 0, 3] }, because: "all that came count" },
      { metric: "sessions", expected: { all: [4, 0, 3] }, because: "a session counts when it begins" },
      { metric: "conversion_rate", expected: { all: [0.5, null, 1 / 3] }, because: "an hour without has no rate" },
      {
        metric: "average_order_value",
        expected: { EUR: [15.13, null, 30], JPY: [1000, null, null] },
        because: "currencies are never added",
      },
      { metric: "refund_rate", expected: { all: [0, null, 1] }, because: "an order is refunded once" },
      { metric: "anomaly_rate", expected: { all: [0, null, 1 / 3] }, because: "one of three is an anomaly" },
      { metric: "payment_decline_rate", expected: { all: [0.4, null, 0] }, because: "two of five attempts failed" },
    ])("gives $expected for $metric, as $because", async ({ metric, expected }) => {
      await fill();
      expect(await values(`metric=${metric}`)).toEqual(expected);
    });

    it.each([
      { metric: "revenue", expected: { EUR: [30.25, 0, 0], JPY: [1000, 0, 0] } },
      { metric: "orders", expected: { all: [3, 0, 0] } },
      { metric: "events", expected: { all: [7, 0, 2] } },
      { metric: "sessions", expected: { all: [4, 0, 2] } },
      { metric: "anomaly_rate", expected: { all: [0, null, 0] } },
    ])("leaves anomalies out of $metric of trusted traffic", async ({ metric, expected }) => {
      await fill();
      expect(await values(`metric=${metric}&traffic=trusted`)).toEqual(expected);
    });

    it("gives a rate with what it is made of", async () => {
      await fill();
      const { body } = await app.call("/v1/metrics?metric=payment_decline_rate&interval=1d&from=2026-11-21T00:00:00Z");
      expect(body).toMatchObject({
        unit: "ratio",
        series: [{ points: [{ numerator: 2, denominator: 6, value: 1 / 3 }] }],
      });
    });
  });

  it("answers every metric in every interval, grouped by whatever it can be, of all and of trusted traffic", async () => {
    await store(at("09:59"), { ...at("09:58"), name: "refund", transaction_id: "t-9" });
    for (const [metric, { groups }] of Object.entries(METRIC_TABLE)) {
      for (const interval of Object.keys(INTERVALS)) {
        for (const group of [null, ...groups]) {
          const by = group === null ? "" : `&group_by=${group}`;
          const query = `metric=${metric}&interval=${interval}&from=2026-11-21T09:50:00Z&to=2026-11-21T10:00:00Z${by}`;
          const answers = await Promise.all([ask(query), ask(`${query}&traffic=trusted`)]);
          expect([query, answers.map((answer) => answer.interval)]).toEqual([query, [interval, interval]]);
        }
      }
    }
  });

  it("is a file too, a row for each point", async () => {
    await store(at("09:59"));
    const query = "metric=average_order_value&interval=1h&from=2026-11-21T08:00:00Z&to=2026-11-21T10:00:00Z";
    const { headers, body } = await app.call(`/v1/metrics?${query}`, { headers: { accept: "text/csv" } });
    expect(headers.get("content-disposition")).toBe('attachment; filename="average_order_value-1h.csv"');
    expect(String(body).trimEnd().split("\r\n")).toEqual([
      "metric,group,currency,at,value,numerator,denominator",
      "average_order_value,,EUR,2026-11-21T08:00:00.000Z,,0,0",
      "average_order_value,,EUR,2026-11-21T09:00:00.000Z,49.9,49.9,1",
    ]);
    const lines = await app.call(`/v1/metrics?${query}`, { headers: { accept: "application/x-ndjson" } });
    expect(lines.body).toMatchObject([{ value: null }, { value: 49.9, currency: "EUR", numerator: 49.9 }]);
  });

  it("is told to be the same by its tag while nothing happens, and sent anew when something does", async () => {
    await store(at("09:59"));
    const first = await app.call("/v1/metrics?metric=orders");
    const again = () =>
      app.call("/v1/metrics?metric=orders", { headers: { "if-none-match": first.headers.get("etag") ?? "" } });
    expect([(await again()).status, first.headers.get("cache-control")]).toEqual([304, "private, no-cache"]);
    await store(at("09:58"));
    expect((await again()).status).toBe(200);
  });

  it.each(METRICS)("answers %s of a time in which nothing was", async (metric) => {
    const isMoney = metric === "revenue" || metric === "average_order_value";
    const isRate = metric.endsWith("_rate");
    const nothing = isRate ? null : 0;
    expect(await values(`metric=${metric}`)).toEqual(isMoney ? {} : { all: [nothing, nothing, nothing] });
  });

  it("adds up every width from the same events", async () => {
    await store(
      at("07:04"),
      at("07:05"),
      { timestamp: "2026-11-15T23:59:00.000Z" },
      { timestamp: "2026-11-16T00:00:00.000Z" },
    );
    const of = async (interval: string, from: string, to: string) => {
      const { series } = await ask(`metric=orders&interval=${interval}&from=${from}&to=${to}`);
      return series[0]?.points.map((point) => `${point.at} ${point.value}`);
    };
    expect(await of("1m", "2026-11-21T07:04:00Z", "2026-11-21T07:06:00Z")).toEqual([
      "2026-11-21T07:04:00.000Z 1",
      "2026-11-21T07:05:00.000Z 1",
    ]);
    expect(await of("5m", "2026-11-21T07:04:00Z", "2026-11-21T07:06:00Z")).toEqual([
      "2026-11-21T07:00:00.000Z 1",
      "2026-11-21T07:05:00.000Z 1",
    ]);
    expect(await of("1d", "2026-11-15T12:00:00Z", "2026-11-17T00:00:00Z")).toEqual([
      "2026-11-15T00:00:00.000Z 1",
      "2026-11-16T00:00:00.000Z 1",
    ]);
    expect(await of("1w", "2026-11-15T12:00:00Z", "2026-11-21T00:00:00Z")).toEqual([
      "2026-11-09T00:00:00.000Z 1",
      "2026-11-16T00:00:00.000Z 3",
    ]);
  });

  describe("grouped", () => {
    it.each([
      { query: "metric=revenue&group_by=country", expected: { "FR EUR": [0, 0, 60], "DE EUR": [10, 0, 0] } },
      { query: "metric=orders&group_by=device", expected: { "(not set)": [0, 0, 1], mobile: [1, 0, 0] } },
      { query: "metric=events&group_by=name", expected: { login: [2, 0, 0], purchase: [1, 0, 1] } },
      { query: "metric=revenue&group_by=category", expected: { "shoes EUR": [4, 0, 0], "(not set) EUR": [0, 0, 1] } },
      { query: "metric=orders&group_by=category", expected: { "(not set)": [0, 0, 1], shoes: [1, 0, 0] } },
      { query: "metric=sessions&group_by=country", expected: { DE: [3, 0, 0], FR: [0, 0, 1] } },
    ])("gives by $query a series for each, the largest first", async ({ query, expected }) => {
      await store(
        { ...at("07:10"), name: "login" },
        { ...at("07:15"), name: "login" },
        { ...at("07:20"), value: 10, items: [{ item_category: "shoes", price: 2, quantity: 2 }] },
        { ...at("09:20"), value: 60, items: [{ price: 1 }], signals: { country: "FR" } },
      );
      const found = await values(query);
      expect(found).toEqual(expected);
      expect(Object.keys(found)).toEqual(Object.keys(expected));
    });

    it("tells ten apart and adds up the rest, in which a member of that very name is too", async () => {
      const names = Array.from({ length: 12 }, (_, index) => `c${String(index).padStart(2, "0")}`);
      const items = (item_category: string, price: number) => [{ item_category, price }];
      await store(...names.map((name, index) => ({ ...at("07:10"), items: items(name, 100 - index) })));
      await store({ ...at("07:10"), items: items("(other)", 1_000) });
      const found = await values("metric=revenue&group_by=category");
      expect(Object.keys(found)).toEqual([...names.slice(0, 10).map((name) => `${name} EUR`), "(other) EUR"]);
      expect(found["(other) EUR"]).toEqual([1_000 + 90 + 89, 0, 0]);
    });

    it("is nothing where there is nothing to group", async () => {
      expect(await values("metric=events&group_by=country")).toEqual({});
    });
  });

  it.each([
    { query: "", pointer: "/metric" },
    { query: "metric=profit", pointer: "/metric" },
    { query: "metric=events&interval=2m", pointer: "/interval" },
    { query: "metric=events&interval=1m&from=2026-11-01T00:00:00Z", pointer: "/interval" },
    { query: "metric=events&from=yesterday", pointer: "/from" },
    { query: "metric=events&from=2026-11-22T00:00:00Z", pointer: "/from" },
    { query: "metric=events&to=0000-01-01T00:00:00Z", pointer: "/to" },
    { query: "metric=events&traffic=bots", pointer: "/traffic" },
    { query: "metric=events&group_by=city", pointer: "/group_by" },
    { query: "metric=events&group_by=category", pointer: "/group_by" },
    { query: "metric=revenue&group_by=name", pointer: "/group_by" },
    { query: "metric=sessions&group_by=name", pointer: "/group_by" },
    { query: "metric=events&limit=5", pointer: "/limit" },
  ])("answers 422 to '$query' and points to $pointer", async ({ query, pointer }) => {
    const { status, body } = await app.call(`/v1/metrics?${query}`);
    expect({ status, body }).toMatchObject({ status: 422, body: { type: "/problems/invalid", errors: [{ pointer }] } });
  });

  it("says what a metric can be grouped by when it is asked for something else", async () => {
    const { body } = await app.call("/v1/metrics?metric=revenue&group_by=name");
    expect(body).toMatchObject({ errors: [{ detail: "must be country or device or category for revenue" }] });
  });

  it("refuses more points than one answer holds, whatever currencies a sender thinks of", async () => {
    const currencies = [
      "EUR",
      "USD",
      "JPY",
      "GBP",
      "CHF",
      "SEK",
      "NOK",
      "DKK",
      "PLN",
      "CZK",
      "HUF",
      "RON",
      "BGN",
      "TRY",
    ];
    const more = ["ILS", "AED", "SAR", "INR", "CNY", "KRW", "THB", "VND", "IDR", "MYR", "SGD", "AUD"];
    await store(...[...currencies, ...more].map((currency) => ({ ...at("07:10"), value: 1, currency })));
    const asked = "metric=revenue&interval=1m&from=2026-11-20T00:00:00Z&to=2026-11-21T09:20:00Z";
    const { status, body } = await app.call(`/v1/metrics?${asked}`);
    expect({ status, body }).toMatchObject({ status: 422, body: { errors: [{ pointer: "/interval" }] } });
    expect((await ask("metric=revenue")).series).toHaveLength(26);
  });
});
