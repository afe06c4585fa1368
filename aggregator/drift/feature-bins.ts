/** Fine bins of a feature: first what is missing, last what is `FEATURE_BINS_UP_TO` and more, 0.05 wide between them. */
export const FEATURE_BINS = 202;
export const FEATURE_BINS_UP_TO = 10;

/** Where a fine bin begins; null for the missing. */
export function featureBinFrom(bin: number): number | null {
  return bin === 0 ? null : ((bin - 1) * FEATURE_BINS_UP_TO) / (FEATURE_BINS - 2);
}

/**
 * The features whose moving calls for action: the twelve that carry most of what is found without labels. All of a shop's features
 * together would find two of them moved on some day of every month.
 */
export const TOP_FEATURES: readonly string[] = [
  "amount_log",
  "amount_z",
  "amount_ew_z",
  "amount_over_max",
  "amount_over_mean",
  "order_burst",
  "orders_1h",
  "orders_1m",
  "counter_order_burst",
  "amount_z_7d",
  "counter_amount_z",
  "amount_1d",
];
