import { describe, expect, it } from "vitest";
import { DEPLOYED, effectiveOf } from "./effective.ts";

const UNSET = { threshold: null, alert_budget: null, rules: {} };
const FOUND = { threshold: 0.83, reason: "found from 28 days" };

describe("effectiveOf", () => {
  it.each([
    { settings: UNSET, threshold: null, because: "the deployment's holds where nothing is set" },
    { settings: { ...UNSET, threshold: 0.5 }, threshold: 0.5, because: "an operator's own holds" },
    { settings: { ...UNSET, alert_budget: { share: 0.001 } }, threshold: 0.6, because: "a share gives it by itself" },
    { settings: { ...UNSET, alert_budget: { per_day: 20 } }, threshold: null, because: "nobody knows it yet" },
  ])("is $threshold: $because", ({ settings, threshold }) => {
    expect(effectiveOf(settings, null).threshold).toBe(threshold);
  });

  it("goes on with what was found for another number of alerts, so that they do not jump until it ran", () => {
    const before = { settings: { ...UNSET, alert_budget: { per_day: 20 } }, effective: FOUND };
    expect(effectiveOf({ ...UNSET, alert_budget: { per_day: 40 } }, before)).toEqual(FOUND);
    expect(effectiveOf(UNSET, before)).toEqual(DEPLOYED);
  });

  it("goes on with what was found for a share only while the very same is wished", () => {
    const before = { settings: { ...UNSET, alert_budget: { share: 0.001 } }, effective: FOUND };
    expect(effectiveOf({ ...before.settings, rules: { velocity_orders: 4 } }, before)).toEqual(FOUND);
    expect(effectiveOf({ ...UNSET, alert_budget: { share: 0.01 } }, before).threshold).toBeCloseTo(0.4, 9);
    expect(effectiveOf({ ...UNSET, alert_budget: { per_day: 20 } }, before).threshold).toBeNull();
  });

  it("does not take an operator's own threshold for one that was found", () => {
    const before = {
      settings: { ...UNSET, threshold: 0.5 },
      effective: { threshold: 0.5, reason: "set by an operator" },
    };
    expect(effectiveOf({ ...UNSET, alert_budget: { per_day: 40 } }, before).threshold).toBeNull();
  });
});
