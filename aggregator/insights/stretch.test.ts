import { describe, expect, it } from "vitest";
import { poisson, seededRandom } from "../../shared/random.ts";
import { stretchOf } from "./stretch.ts";

const day = (of: (hour: number) => number) => Array.from({ length: 24 }, (_, hour) => of(hour));
const usual = day((hour) => 20 + 18 * Math.cos(((hour - 14) / 12) * Math.PI));

describe("stretchOf", () => {
  it("finds the hours in which orders are missing, and not the quiet ones beside them", () => {
    const now = day((hour) => (hour >= 9 && hour < 15 ? 0 : (usual[hour] ?? 0)));
    expect(stretchOf(now, usual, "down")).toEqual({ from: 9, until: 15 });
  });

  it("finds the hours in which there is more", () => {
    const now = day((hour) => (usual[hour] ?? 0) * (hour >= 3 && hour < 5 ? 9 : 1));
    expect(stretchOf(now, usual, "up")).toEqual({ from: 3, until: 5 });
  });

  it("tells none where it is spread over the day, or where there is no difference", () => {
    expect(
      stretchOf(
        usual.map((value) => value * 0.5),
        usual,
        "down",
      ),
    ).toBeNull();
    expect(stretchOf(usual, usual, "down")).toBeNull();
    expect(
      stretchOf(
        usual.map((value) => value * 1.5),
        usual,
        "down",
      ),
    ).toBeNull();
    expect(stretchOf([], [], "down")).toBeNull();
  });

  it("is at most an hour off at either end among ordinary ups and downs", () => {
    const random = seededRandom(6);
    for (let round = 0; round < 50; round++) {
      const now = day((hour) => poisson(random, (usual[hour] ?? 0) * (hour >= 10 && hour < 18 ? 0.05 : 1)));
      const found = stretchOf(now, usual, "down");
      expect(Math.abs((found?.from ?? 99) - 10)).toBeLessThanOrEqual(1);
      expect(Math.abs((found?.until ?? 99) - 18)).toBeLessThanOrEqual(1);
    }
  });
});
