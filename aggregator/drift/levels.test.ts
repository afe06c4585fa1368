import { describe, expect, it } from "vitest";
import { dayLevel, isFlood, levelOf, limitsOf, type DayLevels } from "./levels.ts";

const QUIET: DayLevels = { score: "none", features: [], isFlooded: false, wasActMet: false };

describe("limitsOf", () => {
  it.each([
    { chance: 0.001, psi: 0.015, level: "none", because: "certain, and too little to matter" },
    { chance: 0.001, psi: 0.03, level: "warn", because: "it is beyond 0.02" },
    { chance: 0.06, psi: 0.05, level: "none", because: "it may be chance" },
    { chance: 0.06, psi: 0.11, level: "act", because: "it is beyond 0.1" },
    { chance: 0.15, psi: 0.12, level: "none", because: "few events say nothing, whatever the floor" },
    { chance: 0.06, psi: 0.26, level: "stop", because: "it is beyond 0.25" },
  ])("makes $psi with $chance by chance $level: $because", ({ chance, psi, level }) => {
    expect(levelOf(psi, limitsOf(chance, true))).toBe(level);
  });

  it("knows no stop for a feature, which alone decides nothing", () => {
    expect(levelOf(5, limitsOf(0.06, false))).toBe("act");
  });
});

describe("dayLevel", () => {
  it.each<{ day: Partial<DayLevels>; level: string; because: string }>([
    { day: {}, level: "none", because: "nothing moved" },
    { day: { score: null }, level: "none", because: "what is not known is no reason" },
    { day: { features: ["warn"] }, level: "warn", because: "a feature moved a little" },
    { day: { score: "act" }, level: "warn", because: "one day is not two" },
    { day: { score: "act", wasActMet: true }, level: "act", because: "it is the second" },
    { day: { features: ["act"], wasActMet: true }, level: "warn", because: "one feature is not two" },
    { day: { features: ["act", "act"], wasActMet: true }, level: "act", because: "two moved, on the second day" },
    { day: { score: "stop" }, level: "stop", because: "the score is not what it was" },
    { day: { isFlooded: true }, level: "stop", because: "there are too many alerts" },
  ])("is $level for $day: $because", ({ day, level }) => {
    expect(dayLevel({ ...QUIET, ...day }).level).toBe(level);
  });
});

describe("isFlood", () => {
  it.each([
    { alerts: 1, expected: 0.15, flood: false, because: "one alert may always be" },
    { alerts: 11, expected: 3, flood: true, because: "three times as many are no chance" },
    { alerts: 9, expected: 3, flood: false, because: "it is not more than three times" },
    { alerts: 310, expected: 100, flood: true, because: "it is" },
    { alerts: 290, expected: 100, flood: false, because: "though certain, it is not three times" },
    { alerts: 50, expected: 0, flood: false, because: "nothing was wished" },
  ])("of $alerts for $expected is $flood: $because", ({ alerts, expected, flood }) => {
    expect(isFlood(alerts, expected)).toBe(flood);
  });
});
