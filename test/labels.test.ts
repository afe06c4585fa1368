import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FEATURE_NAMES } from "../shared/features/features.ts";
import { eventually, startSystem, type System } from "./system.ts";

let system: System;

beforeAll(async () => {
  system = await startSystem({ edgeVars: { PROFILE_SHARDS: "3" } });
});
afterAll(() => system.stop());

let made = 0;

/** An order of a mug with the card that all of them share. */
async function order(changes: Record<string, unknown> = {}): Promise<string> {
  const id = `evt_label_${String(++made).padStart(4, "0")}`;
  const event = {
    id,
    name: "purchase",
    transaction_id: id,
    value: 20,
    currency: "EUR",
    items: [{ item_id: "mug", price: 20, quantity: 1 }],
    payment: { card_fingerprint: "card-1" },
    ...changes,
  };
  expect(await system.send("/v1/events", event)).toMatchObject({ status: 202 });
  return id;
}

const stored = (id: string) =>
  eventually(`event ${id}`, async () => {
    const { status, body } = await system.ask("GET", `/v1/events/${id}`, system.key("analyst"));
    return status === 200 ? body : null;
  });

/** Confirmed fraud of the last 7 days, as the card's next order sees it. */
async function fraudsSeen(): Promise<number> {
  const { features } = await stored(await order({ user_id: `u-${made}` }));
  const value = Array.isArray(features) ? features[FEATURE_NAMES.indexOf("frauds_7d")] : features.frauds_7d;
  return Math.round(Math.expm1(value));
}

const judge = (eventId: string, label: "confirmed" | "dismissed") =>
  system.ask("POST", `/v1/anomalies/ano_${eventId}/feedback`, system.key("operator"), { label });

const soon = (frauds: number) =>
  eventually(`${frauds} cases of fraud with this card`, async () => ((await fraudsSeen()) === frauds ? true : null));

describe("a verdict on an anomaly", () => {
  it("reaches the profiles within seconds, once however often it is given, and is taken back", async () => {
    const tried = await Promise.all(
      Array.from({ length: 12 }, (_each, index) => order({ user_id: `u-thief-${index}` })),
    );
    const found = await Promise.all(tried.map(stored));
    const anomaly: string = found.find(({ assessment }) => assessment.anomaly)?.id;
    expect(anomaly).toBeDefined();

    expect(await fraudsSeen()).toBe(0);
    expect(await judge(anomaly, "confirmed")).toMatchObject({ status: 200, body: { status: "confirmed" } });
    await soon(1);
    await judge(anomaly, "confirmed");
    await judge(anomaly, "dismissed");
    await soon(0);
    await judge(anomaly, "confirmed");
    await soon(1);
    const labels = system.logged.filter((line) => line.includes("pulseecom-labels"));
    expect(labels.join("\n")).not.toMatch(/retried|card-1/);
    expect(labels.length).toBeGreaterThanOrEqual(3);
  });
});

describe("a chargeback", () => {
  it("makes its purchase fraud, which nobody had found, as the card's next order sees; a person's word takes it back", async () => {
    const id = await order({ user_id: "u-disputed", payment: { card_fingerprint: "card-2" } });
    await stored(id);
    const seen = async () => {
      const next = await stored(await order({ user_id: `u-${made}`, payment: { card_fingerprint: "card-2" } }));
      return Math.round(Math.expm1(next.features.frauds_7d));
    };
    expect(await seen()).toBe(0);
    const chargeback = {
      id: `${id}_chargeback`,
      name: "chargeback",
      transaction_id: id,
      properties: { reason: "fraudulent" },
    };
    expect(await system.send("/v1/events", chargeback)).toMatchObject({ status: 202 });
    await stored(chargeback.id);
    await system.workers.runCron("* * * * *");
    // Every job of the minute has done its work, in the Worker as it is deployed.
    const line = system.logged.findLast((logged) => logged.includes('"claims":{"placed":1'));
    expect(line).toContain('"days":{"hours":');
    expect(line).not.toMatch(/cause/i);
    expect(await system.ask("GET", `/v1/events/${id}/labels`, system.key("analyst"))).toMatchObject({
      status: 200,
      body: { label: "fraud", data: [{ source: "chargeback", cause_event_id: chargeback.id, reason: "fraudulent" }] },
    });
    await eventually("the fraud", async () => ((await seen()) === 1 ? true : null));
    const word = { label: "legitimate", note: "friendly fraud" };
    const answer = await system.ask("POST", `/v1/events/${id}/label`, system.key("operator"), word);
    expect(answer).toMatchObject({ status: 200, body: { label: "legitimate" } });
    await eventually("no fraud", async () => ((await seen()) === 0 ? true : null));
  });
});
