import { featurePots, largestPots, mixPots, type Calibration, type ClientTails, type Tails } from "./calibration.ts";
import { baselineOf, blendOf } from "./judge.ts";
import { fitTail, tailPot, type Tail } from "./tail.ts";

/** Clean events as they were scored, none of which the model was trained on where that can be had. */
export interface CalibrationRows {
  /** `rowCount` feature vectors laid end to end; -1 where a feature was unknown. */
  rows: Float32Array;
  rowCount: number;
  /** Raw output of the model for each row. */
  raw: ArrayLike<number>;
  /** For each row, `relativeScores` of its event; left out where they are not to be learned. */
  ruled?: readonly Readonly<Record<string, number>>[];
}

/** What a client model made of the rows of payment attempts, an output each in log-odds. */
export interface ClientRows {
  version: string;
  /** Confirmed anomalies it was trained on. */
  confirmed: number;
  logistic: ArrayLike<number>;
  boosted: ArrayLike<number>;
}

interface CalibrationNames {
  version: string;
  model: string;
  featureSet: string;
  featureCount: number;
  /**
   * For each feature, what a unit of it is worth as a pot where it is known and no row has any; 1 when not given. That the first who has
   * is rarer than all rows would say nothing of how much it is.
   */
  unseenPots?: readonly number[];
}

/** Knots of a stored tail: a hundredth of a pot between them. */
const KNOTS = 200;
const SIGNIFICANT_DIGITS = 7;

/** A feature nobody ever knew: whatever its first value is, it is not held against anyone. */
const NOTHING_KNOWN: Tail = { values: [0], pots: [0], perUnit: 0 };

/**
 * Fits a calibration: each feature's tail on the rows where it was known, then the tails of the model, of the features together
 * and of the two combined, each on what the ones before made of the same rows; and so on to a client model's.
 *
 * @param payments rows of payment attempts
 * @param others rows of all other events; without any these are left to the named rules
 * @param client outputs for the rows of payments, where there is a client model. Its inputs hold pots: they come from the calibration
 *   that is fitted on the same rows without it, whose tails are the same
 * @throws RangeError without payments, or when lengths do not fit
 */
export function fitCalibration(
  { version, model, featureSet, featureCount, unseenPots = [] }: CalibrationNames,
  payments: CalibrationRows,
  others: CalibrationRows | null = null,
  client: ClientRows | null = null,
): Calibration {
  const tails = fitTails(payments, featureCount, unseenPots);
  return {
    version,
    model,
    feature_set: featureSet,
    ...tails,
    others: others === null || others.rowCount === 0 ? null : fitTails(others, featureCount, unseenPots),
    client: client === null ? null : fitClient(client, payments, tails),
  };
}

function fitClient(
  { version, confirmed, logistic, boosted }: ClientRows,
  { rows, rowCount, raw }: CalibrationRows,
  tails: Tails,
): ClientTails {
  if (logistic.length !== rowCount || boosted.length !== rowCount) {
    throw new RangeError("A client model's calibration needs one output for each row");
  }
  const featureCount = tails.feature_tails.length;
  const parts = {
    version,
    confirmed,
    logistic_tail: rounded(fitTail(Float64Array.from(logistic), { points: KNOTS })),
    boosted_tail: rounded(fitTail(Float64Array.from(boosted), { points: KNOTS })),
  };
  const blended = Float64Array.from({ length: rowCount }, (_, row) => {
    const vector = rows.subarray(row * featureCount, (row + 1) * featureCount);
    const { combinedPot } = baselineOf(vector, raw[row] ?? 0, tails);
    return blendOf({ logistic: logistic[row] ?? 0, boosted: boosted[row] ?? 0 }, combinedPot, parts);
  });
  return { ...parts, tail: rounded(fitTail(blended, { points: KNOTS })) };
}

function fitTails(
  { rows, rowCount, raw, ruled }: CalibrationRows,
  featureCount: number,
  unseenPots: readonly number[],
): Tails {
  const isWhole = rows.length === rowCount * featureCount && raw.length === rowCount;
  if (rowCount < 1 || !isWhole || (ruled !== undefined && ruled.length !== rowCount)) {
    throw new RangeError("A calibration needs rows, with one model output each");
  }
  const columns = Array.from({ length: featureCount }, (_, feature) => knownOf(rows, feature, featureCount));
  const featureTails = columns.map((known, feature) => {
    if (known.length === 0) return NOTHING_KNOWN;
    if (known.every((value) => value === 0)) return { ...NOTHING_KNOWN, perUnit: unseenPots[feature] ?? 1 };
    return rounded(fitTail(known, { points: KNOTS }));
  });
  const modelTail = rounded(fitTail(Float64Array.from(raw), { points: KNOTS }));
  const evidence = Float64Array.from({ length: rowCount }, (_, row) =>
    largestPots(
      featurePots(rows.subarray(row * featureCount, (row + 1) * featureCount), { feature_tails: featureTails }),
    ),
  );
  const rulesTail = rounded(fitTail(evidence, { points: KNOTS }));
  const mixed = Float64Array.from(evidence, (sum, row) =>
    mixPots(tailPot(modelTail, raw[row] ?? 0), tailPot(rulesTail, sum)),
  );
  const combinedTail = rounded(fitTail(mixed, { points: KNOTS }));
  return {
    feature_tails: featureTails,
    feature_known: columns.map(({ length }) => Number((length / rowCount).toPrecision(4))),
    rule_tails: ruleTails(ruled ?? []),
    model_tail: modelTail,
    rules_tail: rulesTail,
    combined_tail: combinedTail,
  };
}

function ruleTails(ruled: readonly Readonly<Record<string, number>>[]): Record<string, Tail> {
  const codes = new Set(ruled.flatMap((scores) => Object.keys(scores)));
  return Object.fromEntries(
    [...codes].toSorted().map((code) => [code, rounded(fitTail(ruled.map((scores) => scores[code] ?? 0)))]),
  );
}

/** A feature's values in the rows where it was known. */
function knownOf(rows: Float32Array, feature: number, featureCount: number): number[] {
  const known: number[] = [];
  for (let at = feature; at < rows.length; at += featureCount) {
    const value = rows[at] ?? -1;
    if (value >= 0) known.push(value);
  }
  return known;
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
