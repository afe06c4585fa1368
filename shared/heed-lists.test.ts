import { describe, expect, it } from "vitest";
import type { Assessment } from "./assessment.ts";
import { heedLists } from "./heed-lists.ts";
import type { ListVerdict } from "./lists.ts";

const FOUND: Assessment = {
  score: 0.82,
  anomaly: true,
  threshold: 0.7,
  confidence: 0.6,
  reasons: [{ code: "card_testing", detail: "9 cards in 1 h", contribution: 0.8 }],
  signals: { model: 0.5, client_model: null, rules: 0.82 },
  model: "global@v0",
  client_model: null,
  calibration: "2026-W47",
  degraded: [],
};

function verdict(list: ListVerdict["list"]): ListVerdict {
  return { list, entryId: "lst_1", kind: "customer", words: "customer u-1" };
}

describe("heedLists", () => {
  it("leaves alone whoever is on no list", () => {
    expect(heedLists(FOUND, null)).toBe(FOUND);
  });

  it("makes an anomaly of score 1 of whoever is blocked, and still tells what else there was", () => {
    expect(heedLists({ ...FOUND, score: 0.1, anomaly: false }, verdict("block"))).toEqual({
      ...FOUND,
      score: 1,
      anomaly: true,
      confidence: 1,
      reasons: [
        { code: "block_list", detail: "customer u-1 is on the block list", contribution: 1 },
        { code: "card_testing", detail: "9 cards in 1 h", contribution: 0 },
      ],
    });
  });

  it("makes none of whoever is allowed, with what the signals said for whoever wants to know", () => {
    const heeded = heedLists(FOUND, verdict("allow"));
    expect(heeded).toMatchObject({ score: 0, anomaly: false, signals: FOUND.signals });
    expect(heeded.reasons).toEqual([
      { code: "allow_list", detail: "customer u-1 is on the allow list", contribution: 1 },
    ]);
  });
});
