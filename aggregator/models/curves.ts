import { potScore, type Calibration, type Tails } from "../../shared/calibration.ts";
import type { Tail } from "../../shared/tail.ts";

/** One point of a curve: of the clean events it was fitted on, this share gave this value or a larger one. */
export interface CurvePoint {
  value: number;
  /** 0..1 */
  share: number;
  /** What the value alone comes to as a score, 0..1. */
  score: number;
}

export interface Curves {
  /** Raw output of the forest. */
  model: CurvePoint[];
  /** Sum of the three largest feature pots. */
  rules: CurvePoint[];
  /** Both mixed: what is the score, unless a named rule or the client model says more. */
  combined: CurvePoint[];
}

export interface PaymentCurves extends Curves {
  /** Of the client model: log-odds of its two parts, and both blended with the mixture; null without one. */
  client: { logistic: CurvePoint[]; boosted: CurvePoint[]; blend: CurvePoint[] } | null;
}

/** What a calibration makes of raw outputs, as curves to look at. */
export function calibrationCurves(calibration: Calibration): { payments: PaymentCurves; others: Curves | null } {
  const { client, others } = calibration;
  return {
    payments: {
      ...curvesOf(calibration),
      client:
        client === null
          ? null
          : {
              logistic: curveOf(client.logistic_tail),
              boosted: curveOf(client.boosted_tail),
              blend: curveOf(client.tail),
            },
    },
    others: others === null ? null : curvesOf(others),
  };
}

function curvesOf({ model_tail, rules_tail, combined_tail }: Tails): Curves {
  return { model: curveOf(model_tail), rules: curveOf(rules_tail), combined: curveOf(combined_tail) };
}

function curveOf({ values, pots }: Tail): CurvePoint[] {
  return values.map((value, index) => {
    const pot = pots[index] ?? 0;
    return { value, share: 10 ** -pot, score: potScore(pot) };
  });
}
