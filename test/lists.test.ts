import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DETECTION_ENTRY, DetectionDocument } from "../shared/detection-settings.ts";
import { LISTS_ENTRY, ListsDocument } from "../shared/lists.ts";
import { eventually, startSystem, type System } from "./system.ts";

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());

let made = 0;

/** An ordinary purchase, sent by the shop's server; `over` names what matters to the test. */
function purchase(over: Record<string, unknown> = {}) {
  made++;
  return {
    id: `evt_lists_${String(made).padStart(6, "0")}`,
    name: "purchase",
    user_id: `user-${made}`,
    email: `user${made}@mail.example`,
    transaction_id: `T-${made}`,
    value: 40,
    currency: "EUR",
    items: [{ item_id: "mug", price: 20, quantity: 2 }],
    payment: { card_fingerprint: `card-${made}`, outcome: "authorized" },
    context: { ip: `203.0.113.${made % 250}`, geo: { country: "DE" } },
    ...over,
  };
}

const list = async (entry: object) => {
  const answer = await system.ask("POST", "/v1/lists", system.key("operator"), entry);
  expect({ status: answer.status, body: answer.body }).toMatchObject({ status: 201 });
  return answer.body as { id: string }; // of a 201
};
const assessed = async (over?: Record<string, unknown>) =>
  (await system.send("/v1/events", purchase(over))).body.assessment;
const kept = async (entry: string) => {
  const config = await system.workers.miniflare.getKVNamespace("CONFIG", "pulseecom-edge");
  return config.get(entry, "json");
};

describe("the lists, from an operator to the edge", () => {
  it("hands the edge what is listed and set, in the form it reads", async () => {
    await list({ list: "block", kind: "country", value: "KP" });
    await list({ list: "allow", kind: "customer", value: "known" });
    await list({ list: "block", kind: "customer", value: "thief" });
    await list({ list: "block", kind: "ip", value: "198.51.100.0/24" });
    await list({ list: "block", kind: "email_domain", value: "throwaway.example" });
    await list({ list: "block", kind: "card", value: "stolen" });
    const settings = { threshold: 0.66, alert_budget: null, rules: { velocity_orders: 3 } };
    const set = await system.ask("POST", "/v1/detection-settings", system.key("operator"), settings);
    expect(set.status).toBe(200);
    expect(ListsDocument.parse(await kept(LISTS_ENTRY)).entries.length).toBe(6);
    expect(DetectionDocument.parse(await kept(DETECTION_ENTRY))).toMatchObject({ threshold: 0.66 });
  });

  // The edge meets its first event here, so that it reads what was listed before it answers.
  it.each([
    { over: {}, anomaly: false, because: "it names nothing listed" },
    { over: { user_id: "thief" }, anomaly: true, because: "the customer is blocked" },
    { over: { payment: { card_fingerprint: "stolen" } }, anomaly: true, because: "the card is blocked" },
    { over: { email: "x@Throwaway.Example" }, anomaly: true, because: "the e-mail's domain is blocked" },
    { over: { context: { ip: "::ffff:198.51.100.7" } }, anomaly: true, because: "the network is blocked" },
    { over: { context: { geo: { country: "KP" } } }, anomaly: true, because: "the country is blocked" },
    {
      over: { user_id: "known", context: { ip: "198.51.100.7", geo: { country: "KP" } } },
      anomaly: false,
      because: "the customer is allowed, which is more specific",
    },
  ])("says anomaly $anomaly: $because", async ({ over, anomaly }) => {
    const assessment = await assessed(over);
    expect(assessment).toMatchObject({ anomaly, threshold: 0.66 });
    expect(assessment.degraded).not.toContain("lists");
    expect(JSON.stringify(assessment)).not.toContain("198.51.100");
  });

  it("follows a change within a minute, without a deploy", async () => {
    // No order, of which many in a row would be strange by themselves.
    const probe = {
      name: "probe",
      user_id: "late",
      value: undefined,
      currency: undefined,
      items: undefined,
      payment: undefined,
    };
    const isAnomaly = async () => (await assessed(probe)).anomaly === true;
    expect(await isAnomaly()).toBe(false);
    await list({ list: "block", kind: "customer", value: "late" });
    const options = { deadlineMs: 60_000, everyMs: 500 };
    await eventually("the block", async () => ((await isAnomaly()) ? true : null), options);
  }, 70_000);

  it("copies once more by the cron what was copied at once, so that a copy that was lost or overtaken does not stay so", async () => {
    const config = await system.workers.miniflare.getKVNamespace("CONFIG", "pulseecom-edge");
    const copied = ListsDocument.parse(await kept(LISTS_ENTRY)).entries;
    await config.delete(LISTS_ENTRY);
    await system.workers.runCron("* * * * *");
    expect(ListsDocument.parse(await kept(LISTS_ENTRY)).entries).toEqual(copied);
    expect(copied.length).toBeGreaterThan(0);
  });
});
