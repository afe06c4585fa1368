import { describe, expect, it } from "vitest";
import { below, seededRandom } from "../random.ts";
import { learnHabit, lookHabit, type Habit } from "./habit.ts";

/** A Tuesday. */
const at = (time: string) => Date.parse(`2026-03-10T${time}Z`);
const SATURDAY_MS = Date.parse("2026-03-14T20:00:00Z");

function after(...timesMs: number[]): Habit {
  let habit: Habit = null;
  for (const atMs of timesMs) habit = learnHabit(habit, atMs);
  return habit;
}

describe("lookHabit", () => {
  it("knows nothing before the first order", () => {
    expect(lookHabit(null, at("20:00:00"))).toEqual({ near: 0, all: 0 });
  });

  it.each([
    { time: "20:59:59", near: 1, because: "the same hour" },
    { time: "18:00:00", near: 1, because: "two hours earlier" },
    { time: "22:59:59", near: 1, because: "two hours later" },
    { time: "17:59:59", near: 0, because: "three hours earlier" },
    { time: "23:00:00", near: 0, because: "three hours later" },
  ])("takes an order at $time for $near at about eight in the evening: $because", ({ time, near }) => {
    expect(lookHabit(after(at(time)), at("20:00:00"))).toEqual({ near, all: 1 });
  });

  it("has no end at midnight", () => {
    expect(lookHabit(after(at("23:30:00")), at("01:15:00"))).toEqual({ near: 1, all: 1 });
    expect(lookHabit(after(at("00:30:00")), at("22:15:00"))).toEqual({ near: 1, all: 1 });
  });

  it("lets the other kind of day count half", () => {
    const habit = after(SATURDAY_MS, at("20:00:00"), at("20:00:00"));
    expect(lookHabit(habit, at("20:00:00"))).toEqual({ near: 2.5, all: 2.5 });
    expect(lookHabit(habit, SATURDAY_MS)).toEqual({ near: 2, all: 2 });
  });
});

describe("learnHabit", () => {
  it("puts an order where a calendar does: by its hour, weekdays before the weekend", () => {
    const random = seededRandom(9);
    for (let order = 0; order < 5_000; order++) {
      const atMs = Math.floor((random() - 0.2) * 10 ** (6 + below(random, 8)));
      const date = new Date(atMs);
      const slot = date.getUTCHours() + (date.getUTCDay() % 6 === 0 ? 24 : 0);
      expect(learnHabit(null, atMs)?.indexOf(1)).toBe(slot);
    }
  });
});
