import { describe, expect, it } from "vitest";
import { normal, seededRandom } from "../../../shared/random.ts";
import { NEW_MULTI_SCALE, stepMultiScale } from "./multi-scale.ts";

const STEPS_PER_DAY = 288;
const DAYS = 10;
const CHANGE_AT = 8 * STEPS_PER_DAY;

/** The highest scores of ten days before a change, and of the day after it. */
function highest(value: (step: number, noise: number) => number): { before: number; after: number } {
  const random = seededRandom(6);
  let state = NEW_MULTI_SCALE;
  const most = { before: 0, after: 0 };
  for (let step = 0; step < DAYS * STEPS_PER_DAY; step++) {
    const hour = Math.floor((step * 24) / STEPS_PER_DAY) % 24;
    const stepped = stepMultiScale(state, value(step, normal(random)), hour, STEPS_PER_DAY);
    state = stepped.state;
    if (step > 4 * STEPS_PER_DAY && step < CHANGE_AT) most.before = Math.max(most.before, stepped.score);
    if (step >= CHANGE_AT && step < CHANGE_AT + STEPS_PER_DAY) most.after = Math.max(most.after, stepped.score);
  }
  return most;
}

describe("stepMultiScale", () => {
  it.each([
    { value: (step: number, noise: number) => 50 + noise + (step >= CHANGE_AT ? 10 : 0), because: "the level shifts" },
    {
      value: (step: number, noise: number) => 50 + noise * (step >= CHANGE_AT ? 12 : 1),
      because: "it becomes restless",
    },
    { value: (step: number, noise: number) => 50 + noise + (step === CHANGE_AT ? 20 : 0), because: "of one spike" },
  ])("scores higher than in all its history when $because", ({ value }) => {
    const { before, after } = highest(value);
    expect(after).toBeGreaterThan(before);
    expect(after).toBeGreaterThan(5);
  });

  it("tells an episode once: what follows within the day is held back", () => {
    let state = NEW_MULTI_SCALE;
    const random = seededRandom(8);
    const scores: number[] = [];
    for (let step = 0; step < CHANGE_AT + 30; step++) {
      const value = 50 + normal(random) + (step >= CHANGE_AT ? 30 : 0);
      const stepped = stepMultiScale(state, value, 0, STEPS_PER_DAY);
      state = stepped.state;
      scores.push(stepped.score);
    }
    const [first = 0, ...rest] = scores.slice(CHANGE_AT);
    expect(first).toBeGreaterThan(5);
    expect(Math.max(...rest)).toBeLessThan(first / 2);
  });

  it("stays finite for values that never differ, and for one that then does", () => {
    let state = NEW_MULTI_SCALE;
    for (let step = 0; step < 600; step++) state = stepMultiScale(state, 3, 0, STEPS_PER_DAY).state;
    const { score } = stepMultiScale(state, 4, 0, STEPS_PER_DAY);
    expect(Number.isFinite(score)).toBe(true);
  });
});
