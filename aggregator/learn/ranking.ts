/** Rows of one score, and those of lower ones still to come. */
interface Step {
  score: number;
  /** Weight of all rows of this score, and of those to be found among them. */
  weight: number;
  found: number;
}

/**
 * Average precision: the mean, over what is to be found, of the precision down to it. Rows of one score count as one step.
 *
 * @param weights how many events each row stands for
 * @returns 0..1, or null when there is nothing to find
 */
export function averagePrecision(
  scores: ArrayLike<number>,
  isSought: ArrayLike<boolean>,
  weights: ArrayLike<number>,
): number | null {
  const steps = stepsDown(scores, isSought, weights);
  const total = steps.reduce((sum, { found }) => sum + found, 0);
  let seen = 0;
  let found = 0;
  let precision = 0;
  for (const step of steps) {
    seen += step.weight;
    found += step.found;
    precision += (step.found / total) * (found / seen);
  }
  return total === 0 ? null : precision;
}

/** The lowest score down to which no more events than the budget are found; the highest score of all where even its rows are more. */
export function cutAtBudget(scores: ArrayLike<number>, weights: ArrayLike<number>, budget: number): number {
  const [first, ...rest] = stepsDown(scores, [], weights);
  let cut = first?.score ?? Infinity;
  let seen = first?.weight ?? 0;
  for (const { score, weight } of rest) {
    seen += weight;
    if (seen > budget) break;
    cut = score;
  }
  return cut;
}

/** From the highest score down. */
function stepsDown(scores: ArrayLike<number>, isSought: ArrayLike<boolean>, weights: ArrayLike<number>): Step[] {
  const order = Uint32Array.from({ length: scores.length }, (_, index) => index).sort(
    (a, b) => (scores[b] ?? 0) - (scores[a] ?? 0),
  );
  const steps: Step[] = [];
  for (const index of order) {
    const score = scores[index] ?? 0;
    const weight = weights[index] ?? 0;
    let step = steps.at(-1);
    if (step?.score !== score) steps.push((step = { score, weight: 0, found: 0 }));
    step.weight += weight;
    if (isSought[index] === true) step.found += weight;
  }
  return steps;
}
