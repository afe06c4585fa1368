import { featurePots, largestPots, mixPots, type Calibration } from "./calibration.ts";
import { fitTail, tailPot, type Tail } from "./tail.ts";

/** Clean events as they were scored, none of which the model was trained on where that can be had. */
export interface CalibrationRows {
  /** `rowCount` feature vectors laid end to end; -1 where a feature was unknown. */
  rows: Float32Array;
  rowCount: number;
  /** Raw output of the model for each row. */
  raw: ArrayLike<number>;
}

interface CalibrationNames {
  version: string;
  model: string;
  featureSet: string;
  featureCount: number;
}

/** Knots of a stored tail: a hundredth of a pot between them. */
const KNOTS = 200;
const SIGNIFICANT_DIGITS = 7;

/** A feature nobody ever knew: whatever its first value is, it is not held against anyone. */
const NOTHING_KNOWN: Tail = { values: [0], pots: [0], perUnit: 0 };

/**
 * Fits a calibration: each feature's tail on the rows where it was known, then the tails of the model, of the features together
 * and of the two combined, each on what the ones before made of the same rows.
 *
 * @throws RangeError without rows, or when lengths do not fit
 */
export function fitCalibration(names: CalibrationNames, { rows, rowCount, raw }: CalibrationRows): Calibration {
  const { featureCount } = names;
  if (rowCount < 1 || rows.length !== rowCount * featureCount || raw.length !== rowCount) {
    throw new RangeError("A calibration needs rows, with one model output each");
  }
  const featureTails = Array.from({ length: featureCount }, (_, feature) => {
    const known: number[] = [];
    for (let at = feature; at < rows.length; at += featureCount) {
      const value = rows[at] ?? -1;
      if (value >= 0) known.push(value);
    }
    return known.length === 0 ? NOTHING_KNOWN : rounded(fitTail(known, { points: KNOTS }));
  });
  const calibration: Calibration = {
    version: names.version,
    model: names.model,
    feature_set: names.featureSet,
    feature_tails: featureTails,
    model_tail: rounded(fitTail(Float64Array.from(raw), { points: KNOTS })),
    rules_tail: NOTHING_KNOWN,
    combined_tail: NOTHING_KNOWN,
  };
  const evidence = Float64Array.from({ length: rowCount }, (_, row) =>
    largestPots(featurePots(rows.subarray(row * featureCount, (row + 1) * featureCount), calibration)),
  );
  calibration.rules_tail = rounded(fitTail(evidence, { points: KNOTS }));
  const mixed = Float64Array.from(evidence, (sum, row) =>
    mixPots(tailPot(calibration.model_tail, raw[row] ?? 0), tailPot(calibration.rules_tail, sum)),
  );
  calibration.combined_tail = rounded(fitTail(mixed, { points: KNOTS }));
  return calibration;
}

/**
 * The tail in fewer digits, to keep files small. Values are rounded up: at a jump a value belongs to the lower side, and must not
 * come to lie above its knot.
 */
function rounded({ values, pots, perUnit }: Tail): Tail {
  return {
    values: values.map(roundedUp),
    pots: pots.map((pot) => Number(pot.toPrecision(SIGNIFICANT_DIGITS))),
    perUnit: Number(perUnit.toPrecision(SIGNIFICANT_DIGITS)),
  };
}

function roundedUp(value: number): number {
  const near = Number(value.toPrecision(SIGNIFICANT_DIGITS));
  if (near >= value) return near;
  const step = 10 ** (Math.floor(Math.log10(Math.abs(value))) + 1 - SIGNIFICANT_DIGITS);
  return Number((near + step).toPrecision(SIGNIFICANT_DIGITS));
}
