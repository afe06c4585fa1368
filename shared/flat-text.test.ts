import { describe, expect, it } from "vitest";
import { flatText, flattened } from "./flat-text.ts";

describe("flatText", () => {
  it("is one text after the other, whatever their lengths", () => {
    const texts = ["", "a", "ü ", "\ud800", "customer:", "x".repeat(12), "x".repeat(13), "\u2028".repeat(40)];
    for (const one of texts) for (const other of texts) expect(flatText(one, other)).toBe(`${one}${other}`);
  });
});

describe("flattened", () => {
  it.each(["", "a", "ab", "a text of many words", "\u{1F6D2} in a cart", "\uD83D", "\uDED2x", "e\u0301", "\u0000"])(
    "leaves every letter of %j as it is",
    (text) => {
      expect(flattened(text)).toBe(text);
    },
  );
});
