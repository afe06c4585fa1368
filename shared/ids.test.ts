import { describe, expect, it } from "vitest";
import { ID_RANDOM_BYTES, newId } from "./ids.ts";

const zeros = new Uint8Array(ID_RANDOM_BYTES);
const ones = new Uint8Array(ID_RANDOM_BYTES).fill(0xff);

describe("newId", () => {
  it("sorts by time whatever the chance, so that ids made later come later in an index", () => {
    const times = [0, 1, 31, 32, 1_795_255_200_000, 1_795_255_200_001, 2 ** 48 - 1];
    for (const [i, earlier] of times.slice(0, -1).entries()) {
      const later = times[i + 1] ?? Number.NaN;
      expect(newId("msg", earlier, ones) < newId("msg", later, zeros)).toBe(true);
    }
  });

  it("writes time and chance as 26 digits of base 32 behind the prefix", () => {
    expect(newId("msg", 0, zeros)).toBe(`msg_${"0".repeat(26)}`);
    expect(newId("msg", 33, ones)).toBe(`msg_${"0".repeat(8)}11${"z".repeat(16)}`);
  });

  it("keeps every bit of the chance, so that 80 bits stand between two ids of one millisecond", () => {
    const seen = new Set([newId("msg", 0, zeros)]);
    for (let bit = 0; bit < 80; bit++) {
      const random = new Uint8Array(ID_RANDOM_BYTES);
      random[bit >> 3] = 1 << (bit & 7);
      seen.add(newId("msg", 0, random));
    }
    expect(seen.size).toBe(81);
  });

  it.each([-1, 0.5, Number.NaN, 2 ** 48])("refuses %d as a time, because it would not sort", (nowMs) => {
    expect(() => newId("msg", nowMs, zeros)).toThrow(RangeError);
  });

  it("refuses too little chance, so that no caller gets guessable ids by mistake", () => {
    expect(() => newId("msg", 0, new Uint8Array(ID_RANDOM_BYTES - 1))).toThrow(RangeError);
  });
});
