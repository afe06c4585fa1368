/**
 * The smallest of the values that at least a share of them do not exceed (nearest rank).
 *
 * @param share above 0, at most 1
 * @returns null for no values
 */
export function percentileOf(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? null;
}
