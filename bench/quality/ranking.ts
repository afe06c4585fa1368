/** How well scores rank what is to be found above the rest. */
export interface Ranking {
  /** Average precision: the mean, over what is to be found, of the precision down to it. */
  averagePrecision: number;
  /** Precision of the 100 highest. */
  precisionAt100: number;
  /** Share found before 1 % of the rest is. */
  recallAtOnePercent: number;
}

/** Ties count as if in the worst order within their score for recall, and as one step for average precision. */
export function rank(scores: ArrayLike<number>, positive: ArrayLike<boolean>): Ranking {
  const order = Uint32Array.from({ length: scores.length }, (_, index) => index).sort(
    (a, b) => (scores[b] ?? 0) - (scores[a] ?? 0),
  );
  const total = order.reduce((sum, index) => sum + Number(positive[index]), 0);
  const ranking = { averagePrecision: 0, precisionAt100: 0, recallAtOnePercent: 0 };
  let found = 0;
  for (let at = 0; at < order.length;) {
    const score = scores[order[at] ?? 0];
    let foundHere = 0;
    let end = at;
    for (; end < order.length && scores[order[end] ?? 0] === score; end++)
      foundHere += Number(positive[order[end] ?? 0]);
    if (at < 100) ranking.precisionAt100 += (foundHere * (Math.min(100, end) - at)) / (end - at) / 100;
    found += foundHere;
    ranking.averagePrecision += (foundHere / total) * (found / end);
    if (end - found <= 0.01 * (order.length - total)) ranking.recallAtOnePercent = found / total;
    at = end;
  }
  return ranking;
}
