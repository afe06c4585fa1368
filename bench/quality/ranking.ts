/** How well scores rank what is to be found above the rest. */
export interface Ranking {
  /** Chance that one to be found is above one of the rest. */
  auroc: number;
  /** Average precision: the mean, over what is to be found, of the precision down to it. */
  averagePrecision: number;
  /** Precision of the 100 highest. */
  precisionAt100: number;
  /** Share found before 1 % of the rest is, and the lowest score that was needed for it. */
  recallAtOnePercent: number;
  cutAtOnePercent: number;
}

/** Ties count half for AUROC, as if in the worst order within their score for recall, and as one step for average precision. */
export function rank(scores: ArrayLike<number>, positive: ArrayLike<boolean>): Ranking {
  const order = Uint32Array.from({ length: scores.length }, (_, index) => index).sort(
    (a, b) => (scores[b] ?? 0) - (scores[a] ?? 0),
  );
  const total = order.reduce((sum, index) => sum + Number(positive[index]), 0);
  const rest = order.length - total;
  const ranking = {
    auroc: 0,
    averagePrecision: 0,
    precisionAt100: 0,
    recallAtOnePercent: 0,
    cutAtOnePercent: Infinity,
  };
  let found = 0;
  for (let at = 0; at < order.length;) {
    const score = scores[order[at] ?? 0] ?? 0;
    let foundHere = 0;
    let end = at;
    for (; end < order.length && scores[order[end] ?? 0] === score; end++)
      foundHere += Number(positive[order[end] ?? 0]);
    if (at < 100) ranking.precisionAt100 += (foundHere * (Math.min(100, end) - at)) / (end - at) / 100;
    const restHere = end - at - foundHere;
    const restBelow = rest - (end - found - foundHere);
    ranking.auroc += ((foundHere / total) * (restBelow + restHere / 2)) / rest;
    found += foundHere;
    ranking.averagePrecision += (foundHere / total) * (found / end);
    if (end - found <= 0.01 * rest) {
      ranking.recallAtOnePercent = found / total;
      ranking.cutAtOnePercent = score;
    }
    at = end;
  }
  return ranking;
}

/** Precision of the 100 highest of each day, on average over the days: what an analyst sees who looks at so many. */
export function precisionAt100ADay(
  scores: ArrayLike<number>,
  positive: ArrayLike<boolean>,
  days: ArrayLike<number>,
): number {
  const byDay = Map.groupBy(
    Array.from(days, (day, index) => ({ day, index })),
    ({ day }) => day,
  );
  const precisions = [...byDay.values()].map((own) => {
    const of = <T>(values: ArrayLike<T>) => own.map(({ index }) => values[index] as T); // an index of `days`, as long as these
    return rank(of(scores), of(positive)).precisionAt100;
  });
  return precisions.reduce((sum, precision) => sum + precision, 0) / precisions.length;
}
