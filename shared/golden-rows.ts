import { FEATURE_NAMES, MISSING } from "./features/features.ts";
import { scoreForest, type Forest } from "./forest.ts";
import type { ForestCard } from "./model-card.ts";

const WIDTH = FEATURE_NAMES.length;
const ORDINARY_ROWS = 16;
const SIGNIFICANT_DIGITS = 7;

/**
 * Rows that reach every corner of a forest, and ordinary ones, with what it makes of them: what its card is verified by.
 *
 * @param rows feature vectors laid end to end, at least one, of which the ordinary ones are taken
 */
export function goldenOf(forest: Forest, rows: Float32Array): ForestCard["golden"] {
  const all = (value: number) => Array.from({ length: WIDTH }, () => value);
  const ordinary = Array.from({ length: ORDINARY_ROWS }, (_, index) => {
    const row = Math.floor((index * rows.length) / WIDTH / ORDINARY_ROWS);
    return Array.from(rows.subarray(row * WIDTH, (row + 1) * WIDTH), (value) =>
      Number(value.toPrecision(SIGNIFICANT_DIGITS)),
    );
  });
  const golden = [
    all(MISSING),
    all(0),
    all(0.5),
    all(100),
    ...FEATURE_NAMES.map((_name, feature) => all(0).with(feature, 12)),
    ...FEATURE_NAMES.map((_name, feature) => all(MISSING).with(feature, 1)),
    ...ordinary,
  ];
  const scores = scoreForest(forest, Float32Array.from(golden.flat()), golden.length);
  return { rows: golden, scores: Array.from(scores, (score) => Number(score.toPrecision(SIGNIFICANT_DIGITS))) };
}
