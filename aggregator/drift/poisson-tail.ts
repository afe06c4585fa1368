/**
 * The chance of so many or more where so many are expected.
 *
 * @param count a whole number of at least 0
 * @param mean above 0
 */
export function poissonTail(count: number, mean: number): number {
  // Far beyond the mean each further term is smaller by that ratio, so the sum from `count` on ends soon; else the terms below are few.
  let term = Math.exp(-mean + count * Math.log(mean) - logFactorial(count));
  if (count <= mean) return 1 - below(count, mean);
  let total = 0;
  for (let k = count + 1; term > total * 1e-12 && term > 0; k++) {
    total += term;
    term *= mean / k;
  }
  return Math.min(1, total);
}

function below(count: number, mean: number): number {
  let total = 0;
  let log = -mean;
  for (let k = 0; k < count; k++) {
    total += Math.exp(log);
    log += Math.log(mean) - Math.log(k + 1);
  }
  return Math.min(1, total);
}

function logFactorial(n: number): number {
  let total = 0;
  for (let k = 2; k <= n; k++) total += Math.log(k);
  return total;
}
