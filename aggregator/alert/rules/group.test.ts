import { describe, expect, it } from "vitest";
import type { KeptEvent } from "../../../shared/event.ts";
import { ANOMALOUS, scoredEvent } from "../../test-events.ts";
import { entityOf, groupKeyOf, groupWords } from "./group.ts";
import type { Found, GroupBy } from "./rule.ts";
import { foundAnomaly } from "./test-found.ts";

const everybody: Partial<KeptEvent> = {
  user_id: "17",
  email_hash: "e1",
  client_id: "c1",
  payment: { card_fingerprint: "f1" },
};
const reasons = (codes: readonly string[]) => codes.map((code) => ({ code, detail: "", contribution: 0.5 }));

describe("entityOf", () => {
  it.each([
    { missing: [], codes: ["velocity"], entity: "customer:17" },
    { missing: ["user_id"], codes: ["velocity"], entity: "email:e1" },
    { missing: ["user_id", "email_hash"], codes: ["velocity"], entity: "client:c1" },
    { missing: ["user_id", "email_hash", "client_id"], codes: ["velocity"], entity: "card:f1" },
    { missing: ["user_id", "email_hash", "client_id", "payment"], codes: ["velocity"], entity: "ip:n1" },
    { missing: [], codes: ["card_testing"], entity: "ip:n1" },
    { missing: [], codes: ["orders_1m", "card_testing"], entity: "ip:n1" },
    { missing: [], codes: ["inventory_hoarding"], entity: "ip:n1" },
    { missing: [], codes: ["price_glitch", "velocity"], entity: "shop:prices" },
    { missing: [], codes: ["velocity", "price_glitch"], entity: "customer:17" },
  ])("for $codes without $missing is $entity", ({ missing, codes, entity }) => {
    const named = Object.fromEntries(Object.entries(everybody).filter(([field]) => !missing.includes(field)));
    const event = { id: "evt_00000001", user_id: undefined, ...named };
    const assessment = { ...ANOMALOUS, reasons: reasons(codes) };
    expect(entityOf(scoredEvent(event, assessment, { signals: { ip_hash: "n1" } }))).toBe(entity);
  });

  it("is nobody of an event that names nobody", () => {
    expect(entityOf(scoredEvent({ id: "evt_00000001", user_id: undefined }, ANOMALOUS))).toBeNull();
  });
});

describe("groupKeyOf", () => {
  it.each<{ by: GroupBy; found: Partial<Found>; key: string }>([
    { by: "entity", found: {}, key: "customer:1" },
    { by: "entity", found: { entity: null }, key: "anomaly:ano_1" },
    { by: "reason", found: {}, key: "reason:velocity" },
    { by: "reason", found: { reasons: [] }, key: "reason:none" },
  ])("by $by of $found is $key", ({ by, found, key }) => {
    expect(groupKeyOf(by, foundAnomaly({ id: "ano_1", ...found }))).toBe(key);
  });
});

describe("groupWords", () => {
  it.each([
    ["customer:17", "customer 17"],
    ["client:a:b", "device a:b"],
    ["ip:9f", "network 9f"],
    ["shop:prices", "the shop's prices"],
    ["email:9f", "customer with the e-mail hash 9f"],
    ["reason:velocity", "reason velocity"],
    ["anomaly:ano_1", "anomaly ano_1"],
  ])("says %s as %s", (key, words) => {
    expect(groupWords(key)).toBe(words);
  });
});
