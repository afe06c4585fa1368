import { evidencePots, largestPots, mixPots, type Calibration, type ClientTails, type Tails } from "./calibration.ts";
import { baselineOf, blendOf } from "./judge.ts";
import { fitTail, tailPot, type Tail } from "./tail.ts";

/** Events as they were scored, without confirmed anomalies, none of which the model was trained on where that can be had. */
export interface CalibrationRows {
  /** `rowCount` feature vectors laid end to end; -1 where a feature was unknown. */
  rows: Float32Array;
  rowCount: number;
  /** Raw output of the model for each row. */
  raw: ArrayLike<number>;
  /** For each row, `relativeScores` of its event; left out where they are not to be learned. */
  ruled?: readonly Readonly<Record<string, number>>[];
  /** Nobody attacked, as in simulated traffic: no row is suspect. */
  areClean?: boolean;
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

/** Beyond this point of the evidence an event that nobody has looked at may be an attack that nobody has noticed. */
export const SUSPECT_SHARE = 0.005;

/** A feature that fewer of the rows that are not suspect have any of is measured by all rows. */
const HAVING_LEAST = 10;

/** A feature nobody ever knew: whatever its first value is, it is not held against anyone. */
const NOTHING_KNOWN: Tail = { values: [0], pots: [0], perUnit: 0 };

/**
 * Fits a calibration: each feature's tail on the rows where it was known, then the tails of the model, of the features together
 * and of the two combined, each on what the ones before made of the same rows; and so on to a client model's.
 *
 * Unnoticed attacks among the rows would make what they are strange in look ordinary, and so hide the next. What a feature is as evidence
 * is therefore measured on the rows that are not suspect. What a score promises, and how rare something is told to be, goes by all rows:
 * without the suspect ones either would be called rarer than it is.
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
  { rows, rowCount, raw, ruled, areClean = false }: CalibrationRows,
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
  const evidenceTails = areClean ? null : withoutSuspects(rows, featureTails);
  const modelTail = rounded(fitTail(Float64Array.from(raw), { points: KNOTS }));
  const evidence = evidenceOf(rows, { feature_tails: featureTails, evidence_tails: evidenceTails });
  const rulesTail = rounded(fitTail(evidence, { points: KNOTS }));
  const mixed = Float64Array.from(evidence, (sum, row) =>
    mixPots(tailPot(modelTail, raw[row] ?? 0), tailPot(rulesTail, sum)),
  );
  const combinedTail = rounded(fitTail(mixed, { points: KNOTS }));
  return {
    feature_tails: featureTails,
    evidence_tails: evidenceTails,
    feature_known: columns.map(({ length }) => Number((length / rowCount).toPrecision(4))),
    rule_tails: ruleTails(ruled ?? []),
    model_tail: modelTail,
    rules_tail: rulesTail,
    combined_tail: combinedTail,
  };
}

/** The evidence of each row. */
function evidenceOf(rows: Float32Array, tails: Pick<Tails, "feature_tails" | "evidence_tails">): Float64Array {
  const width = tails.feature_tails.length;
  return Float64Array.from({ length: rows.length / width }, (_, row) =>
    largestPots(evidencePots(rows.subarray(row * width, (row + 1) * width), tails)),
  );
}

/** The tails of the features on the rows that are not suspect by the tails of all. */
function withoutSuspects(rows: Float32Array, featureTails: readonly Tail[]): Tail[] {
  const width = featureTails.length;
  const evidence = evidenceOf(rows, { feature_tails: [...featureTails], evidence_tails: null });
  const most = evidence.toSorted()[Math.floor((1 - SUSPECT_SHARE) * evidence.length)] ?? Infinity;
  const ordinary = rows.filter((_value, index) => (evidence[Math.floor(index / width)] ?? 0) <= most);
  return featureTails.map((ofAll, feature) => {
    const known = knownOf(ordinary, feature, width);
    const having = known.filter((value) => value > 0).length;
    return having < HAVING_LEAST ? ofAll : rounded(fitTail(known, { points: KNOTS }));
  });
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
