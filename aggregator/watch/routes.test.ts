import { afterEach, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { incidents, watchScopes } from "../store/schema.ts";
import { testDatabase } from "../store/test-database.ts";
import { testApp } from "../test-app.ts";
import { NOW_MS } from "../test-events.ts";
import { learn, NEW_PROFILE, newScopeState } from "./scope.ts";

const HOUR_MS = 60 * 60_000;

let database: Awaited<ReturnType<typeof testDatabase>>;
let app: Awaited<ReturnType<typeof testApp>>;
beforeAll(async () => {
  database = await testDatabase();
  app = await testApp(database.db);
});
afterEach(() => database.reset());

async function insertIncident(id: string, over: Partial<typeof incidents.$inferInsert> = {}): Promise<void> {
  const openedAt = new Date(NOW_MS - 5 * 60_000);
  const signal = {
    metric: "orders",
    dimension: "all",
    member: "",
    side: "down",
    started_at: openedAt.toISOString(),
  } as const;
  await database.db.insert(incidents).values({
    id,
    status: "open",
    metric: "orders",
    dimension: "all",
    member: "",
    title: "Orders are at 3 a minute; usual for Saturday 09:00 is 7 (5–10).",
    startedAt: new Date(NOW_MS - 12 * 60_000),
    openedAt,
    lastAt: new Date(NOW_MS),
    currency: "EUR",
    observed: 3,
    expected: 7,
    low: 5,
    high: 10,
    change: -0.57,
    impact: -1_240.404,
    signals: [signal],
    segments: [{ dimension: "country", member: "DE", share: 0.8, observed: 1, expected: 4 }],
    anomalies: 2,
    anomalyIds: ["ano_1", "ano_2"],
    ...over,
  });
}

const Listed = z.object({ data: z.array(z.object({ id: z.string() })), next_cursor: z.string().nullable() });
const ids = (body: unknown) => Listed.parse(body).data.map(({ id }) => id);

describe("GET /v1/incidents", () => {
  it("answers incidents newest first, by status and page by page", async () => {
    await insertIncident("inc_a", {
      openedAt: new Date(NOW_MS - HOUR_MS),
      status: "closed",
      closedAt: new Date(NOW_MS),
    });
    await insertIncident("inc_b");
    await insertIncident("inc_c", { openedAt: new Date(NOW_MS) });
    expect(ids((await app.call("/v1/incidents")).body)).toEqual(["inc_c", "inc_b", "inc_a"]);
    expect(ids((await app.call("/v1/incidents?status=closed")).body)).toEqual(["inc_a"]);
    const first = Listed.parse((await app.call("/v1/incidents?limit=2")).body);
    expect(ids((await app.call(`/v1/incidents?limit=2&cursor=${first.next_cursor}`)).body)).toEqual(["inc_a"]);
  });

  it("answers one with its band, its cost in money, and where it shows", async () => {
    await insertIncident("inc_a");
    const { status, body } = await app.call("/v1/incidents/inc_a");
    expect(status).toBe(200);
    expect(body).toMatchObject({
      member: null,
      band: { low: 5, high: 10 },
      impact: { amount: -1_240.4, currency: "EUR" },
      signals: [{ metric: "orders", member: null, side: "down" }],
      anomalies: { count: 2, ids: ["ano_1", "ano_2"] },
      closed_at: null,
    });
    expect((await app.call("/v1/incidents/inc_none")).status).toBe(404);
  });
});

describe("POST /v1/incidents/{id}/close", () => {
  const close = (id: string, as: "analyst" | "operator", json: unknown = {}) =>
    app.call(`/v1/incidents/${id}/close`, { method: "POST", as, json });

  it("closes an open incident once, with who did it and a note", async () => {
    await insertIncident("inc_a");
    const { status, body } = await close("inc_a", "operator", { note: "the campaign ended" });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: "closed",
      note: "the campaign ended",
      closed_at: new Date(NOW_MS).toISOString(),
    });
    expect(z.object({ closed_by: z.string() }).parse(body).closed_by).not.toBe("");
    expect((await close("inc_a", "operator")).status).toBe(409);
    expect((await close("inc_none", "operator")).status).toBe(404);
  });

  it("is for operators", async () => {
    await insertIncident("inc_a");
    expect((await close("inc_a", "analyst")).status).toBe(403);
  });
});

describe("/v1/calendar-days", () => {
  const mark = (json: unknown, as: "analyst" | "operator" = "operator") =>
    app.call("/v1/calendar-days", { method: "POST", as, json });
  const DAY = { from: "2026-11-27", name: "Black Friday", kind: "busy" };

  it("marks days, lists them, and takes the mark away", async () => {
    const { status, body } = await mark({ ...DAY, to: "2026-11-29", factor: 2.5 });
    expect(status).toBe(201);
    expect(body).toMatchObject({ from: "2026-11-27", to: "2026-11-29", factor: 2.5 });
    const [id = ""] = ids((await app.call("/v1/calendar-days")).body);
    const remove = (as: "analyst" | "operator") => app.call(`/v1/calendar-days/${id}`, { method: "DELETE", as });
    expect((await remove("analyst")).status).toBe(403);
    expect((await remove("operator")).status).toBe(204);
    expect((await remove("operator")).status).toBe(404);
    expect(ids((await app.call("/v1/calendar-days")).body)).toEqual([]);
  });

  it("takes one day when no last one is given", async () => {
    expect((await mark(DAY)).body).toMatchObject({ from: "2026-11-27", to: "2026-11-27", factor: null });
  });

  it.each([
    { json: { ...DAY, from: "2026-02-30" }, pointer: "/from", because: "there is no such day" },
    { json: { ...DAY, to: "2026-11-26" }, pointer: "/to", because: "it ends before it begins" },
    { json: { ...DAY, to: "2027-11-26" }, pointer: "/to", because: "a season is to be learned" },
    {
      json: { ...DAY, kind: "ignore", factor: 2 },
      pointer: "/factor",
      because: "what is ignored is held against nothing",
    },
    { json: { ...DAY, factor: 0 }, pointer: "/factor", because: "nothing can be expected of nothing" },
    { json: { ...DAY, kind: "odd" }, pointer: "/kind", because: "it must be known what to hold back" },
  ])("refuses $pointer, as $because", async ({ json, pointer }) => {
    const { status, body } = await mark(json);
    expect({ status, body }).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
  });

  it("is changed by operators", async () => {
    expect((await mark(DAY, "analyst")).status).toBe(403);
  });
});

const Expected = z.object({
  state: z.string(),
  points: z.array(z.object({ at: z.string(), expected: z.number(), low: z.number(), high: z.number() })),
});

describe("GET /v1/expected", () => {
  const ask = async (query: string) => Expected.parse((await app.call(`/v1/expected?${query}`)).body);
  const WINDOW = "from=2026-11-21T08:00:00Z&to=2026-11-21T10:00:00Z";

  async function learnHours(hours: number): Promise<void> {
    const until = NOW_MS / HOUR_MS;
    const sums = { events: 60_000, sessions: 12_000, orders: 420, revenue: 37_800, declines: 22, refunded_orders: 6 };
    const seen = new Map(Array.from({ length: hours }, (_, index) => [until - hours + index, sums]));
    const name = { dimension: "all", member: "" } as const;
    const begun = { ...name, state: newScopeState("EUR", until - hours), profile: NEW_PROFILE };
    const { state, profile } = learn(begun, seen, until, []);
    await database.db.insert(watchScopes).values({ ...name, state, profile: profile ?? NEW_PROFILE });
  }

  it("answers what is expected in every bucket, with a band around it", async () => {
    await learnHours(200);
    const { state, points } = await ask(`metric=orders&${WINDOW}`);
    expect(state).toBe("watching");
    expect(points.map(({ at }) => at)).toEqual(["2026-11-21T08:00:00.000Z", "2026-11-21T09:00:00.000Z"]);
    for (const { expected, low, high } of points) {
      expect(expected / 420).toBeCloseTo(1, 1);
      expect(low).toBeLessThan(expected);
      expect(high).toBeGreaterThan(expected);
    }
  });

  it.each([
    { query: "metric=orders&interval=5m", about: 35, because: "counts are of the bucket" },
    { query: "metric=revenue&interval=1h", about: 37_800, because: "so is revenue" },
    { query: "metric=average_order_value&interval=1h", about: 90, because: "a value is what it is" },
    { query: "metric=conversion_rate&interval=5m", about: 0.035, because: "so is a rate" },
    { query: "metric=payment_decline_rate&interval=1h", about: 0.0498, because: "and a share" },
  ])("answers $query with about $about, as $because", async ({ query, about }) => {
    await learnHours(200);
    const { points } = await ask(`${query}&${WINDOW}`);
    expect((points[0]?.expected ?? 0) / about).toBeCloseTo(1, 1);
  });

  it("says that it learns, and expects nothing, before it has seen a week", async () => {
    expect(await ask(`metric=orders&${WINDOW}`)).toEqual({ state: "learning", points: [] });
    await learnHours(100);
    expect(await ask(`metric=orders&${WINDOW}`)).toMatchObject({ state: "learning", points: [] });
  });

  it("refuses a metric of which nothing is expected", async () => {
    expect((await app.call("/v1/expected?metric=no_data")).status).toBe(422);
  });
});
