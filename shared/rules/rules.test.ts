import { describe, expect, it } from "vitest";
import { FEATURE_NAMES } from "../features/features.ts";
import type { Snapshot } from "../profile/snapshot.ts";
import { ACTS, type Act } from "../profile/observation.ts";
import { facts, NEW_LINK, observation, regular, snapshot } from "../test-facts.ts";
import { findings, RULES } from "./rules.ts";
import { RuleSettings } from "./settings.ts";

const SETTINGS = RuleSettings.parse({});

/** A customer of whom everything that is counted is far more than any rule allows. */
function beyondAll(): Snapshot {
  const counted = Object.entries(regular()).map(([name, value]) => [
    name,
    typeof value === "number" && /1m$|1h$|1d$|7d$|30d$|Row$|^moved|Gaps$/.test(name) ? 5_000 : value,
  ]);
  return { ...regular(), ...Object.fromEntries(counted), viewGapVariation: 0.01, links: { device: NEW_LINK } };
}

describe("RULES", () => {
  it("has a code of its own for every rule, which alerts are set by", () => {
    const codes = RULES.map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of codes) expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
  });

  it.each(RULES)("$code explains features there are, so that none is told beside it", ({ explains }) => {
    expect(FEATURE_NAMES).toEqual(expect.arrayContaining([...explains]));
  });
});

describe("findings", () => {
  it.each(ACTS.map((act) => ({ act })))("asks of a $act only the rules that are about such events", ({ act }) => {
    const seen = observation({ act });
    const found = findings(facts({ seen, subject: { kind: "customer", before: beyondAll() } }), SETTINGS);
    for (const { rule } of found) expect(rule.on).toContain(act);
  });

  it("tells the strongest first", () => {
    const scores = findings(facts({ subject: { kind: "customer", before: beyondAll() } }), SETTINGS).map(
      ({ score }) => score,
    );
    expect(scores.length).toBeGreaterThan(2);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  });

  it.each(ACTS.map((act) => ({ act })))("has nothing to say of an ordinary $act", ({ act }) => {
    const counters = (["client", "card", "ip"] as const).map((kind) => ({ kind, before: snapshot() }));
    expect(findings(facts({ seen: observation({ act }), counters }), SETTINGS)).toEqual([]);
  });

  it.each(ACTS.map((act) => ({ act })))(
    "says numbers and words of a $act, whatever was not sent with it",
    ({ act }) => {
      const event = { value: undefined, currency: undefined, items: undefined, shipping_address: undefined };
      const counters = (["client", "card", "ip"] as const).map((kind) => ({ kind, before: beyondAll() }));
      const seen = observation({ act: act satisfies Act, amountLog: null });
      for (const { score, detail } of findings(facts({ event, signals: { bot: true }, seen, counters }), SETTINGS)) {
        expect(score).toBeGreaterThan(0);
        expect(score).toBeLessThanOrEqual(1);
        expect(detail).not.toMatch(/NaN|undefined|null|Infinity|false/);
      }
    },
  );
});
