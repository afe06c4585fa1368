import { describe, expect, it } from "vitest";
import { clip, storyOf } from "./story.ts";
import { eventlessData, orderData, sending } from "./test-sending.ts";

const storyOfData = (data: unknown) => storyOf({ ...sending().alert, data });

describe("storyOf", () => {
  it("tells what happened, to whom and why, in lines", () => {
    expect(storyOfData(orderData())).toEqual({
      alertId: "alt_1",
      type: "anomaly.detected",
      at: "2026-11-21T10:00:00.123Z",
      title: "Unusual purchase",
      score: 0.93,
      lines: [
        "3 anomalies",
        "Event: purchase",
        "Value: 49.9 EUR",
        "Transaction: T-1",
        "Customer: u-1",
        "Score: 0.93",
        "• 14 orders with this card in 1 h",
      ],
      link: "https://pulse.shop.com/v1/anomalies/ano_evt_1",
    });
  });

  it("tells an alert that is about no event by its title", () => {
    expect(storyOfData(eventlessData())).toMatchObject({
      title: "A test: alerts arrive here",
      score: null,
      lines: [],
      link: null,
    });
  });

  it("keeps every text on its line and well-formed, whatever a customer wrote", () => {
    const { title, lines } = storyOfData(orderData({ title: "a\r\nb\u2028c\ud800", details: ["x\n\ty\u0000z"] }));
    expect(title).toBe("a b c\ufffd");
    expect(lines.at(-1)).toBe("• x y z");
  });

  it("tells at most 20 lines of 500 letters", () => {
    const { lines } = storyOfData(orderData({ details: Array<string>(50).fill("a".repeat(1_000)) }));
    expect(lines).toHaveLength(20);
    expect(lines.at(-1)).toHaveLength(500);
  });

  it("refuses data that is no alert's, so that nothing empty is sent", () => {
    expect(() => storyOfData({ alert: {} })).toThrow();
  });
});

describe("clip", () => {
  it.each([
    { text: "abcde", clipped: "abcde", because: "it fits exactly" },
    { text: "abcdef", clipped: "abcd…", because: "one is too many" },
    { text: "abc😀e", clipped: "abc…", because: "a pair is not cut in half" },
    { text: "abc<e", clipped: "abc…", because: "an escape is not cut in half" },
    { text: "a<", clipped: "a&lt;", because: "the escape fits" },
  ])("makes $clipped of $text in 5, as $because", ({ text, clipped }) => {
    expect(clip(text, 5, (letter) => (letter === "<" ? "&lt;" : letter))).toBe(clipped);
  });
});
