import { describe, expect, it } from "vitest";
import { exponential, seededRandom } from "../../../shared/random.ts";
import { stepRefractory } from "./refractory.ts";
import { NEW_TAIL_RANK, rarityOf, withValue } from "./tail-rank.ts";

describe("rarityOf", () => {
  const random = seededRandom(3);
  let rank = NEW_TAIL_RANK;
  for (let index = 0; index < 20_000; index++) rank = withValue(rank, exponential(random, 1));

  it.each([
    { value: 2, rarity: 0, because: "a tenth is larger" },
    { value: 4.61, rarity: 2, because: "one in a hundred is" },
    { value: 6.91, rarity: 3, because: "one in a thousand is" },
    { value: 11.5, rarity: 5, because: "the tail goes on as it is, where nothing was seen yet" },
  ])("is about $rarity for $value, as $because", ({ value, rarity }) => {
    expect(Math.abs(rarityOf(rank, value) - rarity)).toBeLessThan(0.4);
  });

  it("says nothing of the first values", () => {
    expect(rarityOf(NEW_TAIL_RANK, 1e6)).toBe(0);
    expect(rarityOf(withValue(NEW_TAIL_RANK, 1), 1e6)).toBe(0);
  });
});

describe("stepRefractory", () => {
  const rest = { locksAt: 5, steps: 10 };

  it("lets the first high score through and holds back what follows, less and less", () => {
    const first = stepRefractory(0, 8, rest);
    expect(first).toEqual({ lock: 1, score: 8 });
    const second = stepRefractory(first.lock, 8, rest);
    expect(second.score).toBeCloseTo(0.8, 5);
    expect(stepRefractory(0.1, 8, rest).score).toBe(8);
  });

  it("is not locked by what is low", () => {
    expect(stepRefractory(0, 4, rest)).toEqual({ lock: 0, score: 4 });
  });
});
