import { describe, expect, it } from "vitest";
import { conformalP } from "../../shared/tail.ts";
import { testCalibration } from "../../shared/test-release.ts";
import { calibrationCurves } from "./curves.ts";

const tail = { values: [0.4, 0.5, 0.7], pots: [0, 1, 5.5], perUnit: 2 };

describe("calibrationCurves", () => {
  it("gives of each value the share that the calibration gives it, and the score that comes of it", () => {
    const { payments } = calibrationCurves({ ...testCalibration("global@v1"), model_tail: tail });
    expect(payments.model).toEqual([
      { value: 0.4, share: 1, score: 0 },
      { value: 0.5, share: 0.1, score: 0.2 },
      { value: 0.7, share: 10 ** -5.5, score: 1 },
    ]);
    for (const { value, share } of payments.model) expect(share).toBe(conformalP(tail, value));
  });

  it("has none of events that are no payments, and none of a client model, where it was fitted without", () => {
    const { payments, others } = calibrationCurves(testCalibration("global@v1"));
    expect({ client: payments.client, others }).toEqual({ client: null, others: null });
  });

  it("has those of the client model's two parts and of their blend", () => {
    const fitted = testCalibration("global@v1", { client: "client@v1" });
    const { others: _, client: __, ...tails } = fitted;
    const { payments, others } = calibrationCurves({ ...fitted, others: tails });
    expect(payments.client?.logistic.map(({ value }) => value)).toEqual([-10, 10]);
    expect(payments.client?.blend).toEqual([
      { value: 0, share: 1, score: 0 },
      { value: 1, share: 0.1, score: 0.2 },
    ]);
    expect(others?.combined).toEqual(payments.combined);
  });
});
