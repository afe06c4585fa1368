import { describe, expect, it } from "vitest";
import { billed, monthlyBill, shardsTouched, total, type PerEvent } from "./cost-model.ts";
import { PRICES } from "./prices.ts";

const EVENT: PerEvent = {
  edgeCpuMs: 0.5,
  aggregatorCpuMs: 0.5,
  postgresCpuMs: 0.1,
  messageBytes: 3_000,
  rowBytes: 2_000,
  entities: 3,
  entitiesWrittenShare: 1,
  newEntities: 0.5,
  profileBytes: 1_000,
};

const lineOf = (eventsPerDay: number, eventsPerRequest: number, component: string, event = EVENT) =>
  monthlyBill({ eventsPerDay, eventsPerRequest }, event).find((line) => line.component === component)?.usd;

describe("billed", () => {
  it.each([
    // What Cloudflare's own examples and anybody's pencil make of these prices.
    { name: "queueOperations", amount: 300e6, usd: 119.6 },
    { name: "queueOperations", amount: 15e6, usd: 5.6 },
    { name: "objectRequests", amount: 100e6, usd: 14.85 },
    { name: "requests", amount: 30e9, usd: 8_997 },
    { name: "logs", amount: 75, usd: 6.25 },
  ] as const)("asks $usd for $amount $name", ({ name, amount, usd }) => {
    expect(billed(name, amount)).toBeCloseTo(usd, 6);
  });

  it("asks nothing for what is in the plan", () => {
    for (const name of Object.keys(PRICES) as (keyof typeof PRICES)[]) {
      expect(billed(name, PRICES[name].included)).toBe(0);
    }
  });
});

describe("shardsTouched", () => {
  it("is one of one, and never more than there are shards or keys", () => {
    expect(shardsTouched(1, 50)).toBe(1);
    expect(shardsTouched(10, 1)).toBeCloseTo(1);
    expect(shardsTouched(10, 3)).toBeLessThan(3);
    expect(shardsTouched(10, 1_000)).toBeCloseTo(10);
  });
});

describe("monthlyBill", () => {
  it("is what its parts are", () => {
    const bill = monthlyBill({ eventsPerDay: 1e8, eventsPerRequest: 20 }, EVENT);
    expect(total(bill)).toBeCloseTo(bill.reduce((sum, { usd }) => sum + usd, 0));
    expect(bill.every(({ usd }) => usd >= 0)).toBe(true);
  });

  it("counts an invocation a request, and one for each fifty messages", () => {
    // 3 B events in 150 M requests, and as many messages of 20 events, 60 KB each.
    expect(lineOf(1e8, 20, "Workers: requests")).toBeCloseTo(((150e6 + 3e6 - 10e6) / 1e6) * 0.3);
    expect(lineOf(1e8, 20, "Queues")).toBeCloseTo(((450e6 - 1e6) / 1e6) * 0.4);
  });

  it("puts no more events into a message than fit, however many a request holds", () => {
    expect(lineOf(1e8, 100, "Queues")).toBe(lineOf(1e8, 20, "Queues"));
  });

  it("writes a row an id, and fifteen for a hundred changed profiles", () => {
    expect(lineOf(1e8, 20, "Durable Objects: rows")).toBeCloseTo(3e9 * 1.45 * 1e-6 - 50, 0);
    expect(lineOf(1e8, 20, "Durable Objects: rows", { ...EVENT, entitiesWrittenShare: 0 })).toBeCloseTo(3e3 - 50, 0);
  });

  it("keeps 90 days of rows", () => {
    const keptGb = (1e6 * 90 * 2_000) / 1e9;
    const historyGb = (1e6 * 2_000) / 1e9;
    expect(lineOf(1e6, 20, "Postgres: storage")).toBeCloseTo(keptGb * 0.35 + historyGb * 0.2);
  });

  it("costs less the more events come together, and more the more there are", () => {
    const usd = (eventsPerDay: number, eventsPerRequest: number) =>
      total(monthlyBill({ eventsPerDay, eventsPerRequest }, EVENT));
    expect(usd(1e8, 1)).toBeGreaterThan(usd(1e8, 10));
    expect(usd(1e9, 10)).toBeGreaterThan(usd(1e8, 10));
  });
});
