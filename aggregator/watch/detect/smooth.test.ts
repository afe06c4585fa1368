import { describe, expect, it } from "vitest";
import { normal, seededRandom } from "../../../shared/random.ts";
import { NEW_SMOOTH, stepSmooth, type Deviations, type Smooth } from "./smooth.ts";

const STEPS_PER_DAY = 288;
const hourOf = (step: number) => Math.floor((step * 24) / STEPS_PER_DAY) % 24;

/** Two weeks of a day that swings, with noise of one. */
function known(): { state: Smooth; usual(step: number): number; steps: number } {
  const random = seededRandom(4);
  const usual = (step: number) => 100 + 30 * Math.sin((2 * Math.PI * hourOf(step)) / 24);
  const steps = 14 * STEPS_PER_DAY;
  let state = NEW_SMOOTH;
  for (let step = 0; step < steps; step++)
    state = stepSmooth(state, usual(step) + normal(random), hourOf(step), STEPS_PER_DAY).state;
  return { state, usual, steps };
}

const KNOWN = known();

function deviations(state: Smooth, step: number, off: number): Deviations {
  return stepSmooth(state, KNOWN.usual(step) + off, hourOf(step), STEPS_PER_DAY).deviations;
}

describe("stepSmooth", () => {
  it("says nothing of the first value, which there is nothing to hold against", () => {
    expect(stepSmooth(NEW_SMOOTH, 7, 3, STEPS_PER_DAY).deviations).toEqual({ holtWinters: 0, hourOfDay: 0, both: 0 });
  });

  it("measures a value in standard deviations from its hour, with its sign", () => {
    const up = deviations(KNOWN.state, KNOWN.steps + 6, 20);
    expect(up.hourOfDay).toBeGreaterThan(5);
    expect(up.both).toBeGreaterThan(4);
    expect(deviations(KNOWN.state, KNOWN.steps + 6, -20).both).toBeLessThan(-4);
    expect(Math.abs(deviations(KNOWN.state, KNOWN.steps + 6, 0).both)).toBeLessThan(1.5);
  });

  it("says nothing when level and hour disagree: it is where it came from, or where it usually is", () => {
    let { state } = KNOWN;
    for (let step = KNOWN.steps; step < KNOWN.steps + 200; step++)
      state = stepSmooth(state, KNOWN.usual(step) + 10, hourOf(step), STEPS_PER_DAY).state;
    const back = deviations(state, KNOWN.steps + 200, 2);
    expect(back.holtWinters).toBeLessThan(-1);
    expect(back.hourOfDay).toBeGreaterThan(0);
    expect(back.both).toBe(0);
  });

  it("does not take an anomaly into the baseline", () => {
    const { state } = stepSmooth(KNOWN.state, 1e9, hourOf(KNOWN.steps), STEPS_PER_DAY);
    expect(Math.abs(deviations(state, KNOWN.steps + 1, 0).both)).toBeLessThan(2);
  });

  it("stays finite for values that never differ", () => {
    let state = NEW_SMOOTH;
    for (let step = 0; step < 600; step++) state = stepSmooth(state, 0, hourOf(step), STEPS_PER_DAY).state;
    const { both } = stepSmooth(state, 0, 2, STEPS_PER_DAY).deviations;
    expect(both).toBe(0);
    expect(Number.isNaN(stepSmooth(state, 5, 2, STEPS_PER_DAY).deviations.both)).toBe(false);
  });
});
