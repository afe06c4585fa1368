import { describe, expect, it } from "vitest";
import type { Attack, ReplayEvent } from "./attacks.ts";
import { attackFindings, summaryLines, type DemoOutcome } from "./demo-summary.ts";

const replayed = (id: string, attack: Attack | null = null): ReplayEvent => ({
  event: { id, name: "purchase" },
  atMs: 0,
  attack,
});
const sent = (id: string, anomaly = false) => ({ id, status: "accepted" as const, anomaly });
const plain = (_: string, text: string) => text;

const toldWith = (id: string | null) => ({ isRaised: true, toldWith: id });

/** Two real orders, one alerted on; four tested cards, two in one alert and one in a digest; a takeover nobody saw; no glitch. */
const outcome: DemoOutcome = {
  events: [
    replayed("real-1"),
    replayed("real-2"),
    replayed("card-1", "card testing"),
    replayed("card-2", "card testing"),
    replayed("card-3", "card testing"),
    replayed("card-4", "card testing"),
    replayed("take-1", "account takeover"),
    replayed("not-sent", "price glitch"),
  ],
  sent: [
    sent("real-1", true),
    sent("real-2"),
    sent("card-1"),
    sent("card-2", true),
    sent("card-3", true),
    sent("card-4", true),
    sent("take-1"),
  ],
  alerts: new Map([
    ["real-1", { delayMs: 1_000 }],
    ["card-2", { delayMs: 2_000 }],
    ["other-1", { delayMs: null }],
  ]),
  alertOf: new Map([
    ["real-1", toldWith("real-1")],
    ["card-2", toldWith("card-2")],
    ["card-3", toldWith("card-2")],
    ["card-4", toldWith(null)],
  ]),
  stored: 7,
  tookMs: 2_000,
};
const text = summaryLines(outcome, plain).join("\n");

describe("attackFindings", () => {
  it("counts an attack's own events and alerts, and only of what was sent", () => {
    const none = { events: 0, alerted: 0, firstAlerted: null };
    expect(attackFindings(outcome)).toEqual([
      { attack: "coupon abuse", ...none },
      { attack: "card testing", events: 4, alerted: 2, firstAlerted: 2 },
      { attack: "inventory hoarding", ...none },
      { attack: "account takeover", events: 1, alerted: 0, firstAlerted: null },
      { attack: "price glitch", ...none },
    ]);
  });
});

describe("summaryLines", () => {
  it("tells found from not found, and never counts an alert on a real order for an attack", () => {
    expect(text).toContain("1 of 5 found");
    expect(text).toMatch(/card testing +found at its event 2; 2 of 4 events alerted on/);
    expect(text).toMatch(/account takeover +not found: no alert on any of its 1 events/);
    expect(text).toContain("1 of 2 real orders and refunds alerted on (50.0 %)");
  });

  it("says what was sent, taken in and stored", () => {
    expect(text).toContain("7 sent in 2.0 s, 4 a second");
    expect(text).toContain("7 accepted, 0 duplicate, 0 rejected");
    expect(text).toContain("7 stored in Postgres");
  });

  it("gives the delays of the alerts whose delay is known", () => {
    expect(text).toContain("3 arrived for 4 anomalies");
    expect(text).toContain("P50 1.0 s, P95 2.0 s");
    expect(summaryLines({ ...outcome, alerts: new Map() }, plain).join("\n")).toContain("no delay was measured");
  });
});
