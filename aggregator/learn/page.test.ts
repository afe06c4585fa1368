import { describe, expect, it } from "vitest";
import { FEATURES } from "../../shared/features/features.ts";
import { seededRandom } from "../../shared/random.ts";
import { readPage, writePage } from "./page.ts";
import { learningRow } from "./test-rows.ts";

describe("a page of rows", () => {
  it("comes back as it was written, to the bit of every feature, whatever the length of its texts", () => {
    const random = seededRandom(3);
    for (const name of ["a", "ab", "abc", "abcd", "zażółć 💳"]) {
      const rows = Array.from({ length: 7 }, (_, index) =>
        learningRow({
          id: `${name}-${index}`,
          vector: Float32Array.from({ length: FEATURES.length }, () => random() * 10 ** Math.floor(20 * random() - 10)),
          rules: index === 3 ? { card_testing: random() } : {},
          label: index === 4 ? "fraud" : null,
          draw: index === 5 ? null : random(),
          weight: 1 / random(),
          value: index === 6 ? null : 12.34,
          currency: "EUR",
        }),
      );
      expect(readPage(writePage(rows))).toEqual(rows);
    }
  });

  it("is read from any place in a larger buffer, as stores give it", () => {
    const page = writePage([learningRow({ id: "one" })]);
    const padded = new Uint8Array(page.length + 3);
    padded.set(page, 3);
    expect(readPage(padded.subarray(3))[0]?.id).toBe("one");
  });

  it("may be empty", () => {
    expect(readPage(writePage([]))).toEqual([]);
  });
});
