const GROUPED = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 4 });

/** A number as people write it: `1,234.5`. */
export function inWords(value: number): string {
  return GROUPED.format(value);
}
