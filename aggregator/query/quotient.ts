import { currencyDecimals } from "../../shared/currency.ts";

/** One sum divided by another, with both. */
export interface Quotient {
  /** Null where it is divided by nothing. */
  value: number | null;
  numerator: number;
  denominator: number;
}

/**
 * @param value decimal, at least 0
 * @param per whole, at least 0
 * @param currency of the value, to whose decimals the quotient is rounded; null where it is no money, and not rounded
 */
export function quotient(value: string, per: string, currency: string | null): Quotient {
  const numerator = Number(value);
  const denominator = Number(per);
  if (denominator === 0) return { value: null, numerator, denominator };
  const ratio = currency === null ? numerator / denominator : amountPer(value, per, currencyDecimals(currency) ?? 2);
  return { value: ratio, numerator, denominator };
}

/**
 * An amount divided by a count, rounded half up to so many decimals: in whole numbers, as a binary fraction may lie below a half that
 * its decimal is.
 *
 * @param amount decimal, at least 0
 * @param count whole, at least 1
 */
export function amountPer(amount: string, count: string, decimals: number): number {
  const [whole = "", fraction = ""] = amount.split(".");
  const dividend = BigInt(whole + fraction) * 10n ** BigInt(decimals);
  const divisor = BigInt(count) * 10n ** BigInt(fraction.length);
  const rounded = (2n * dividend + divisor) / (2n * divisor);
  return Number(`${rounded}e-${decimals}`);
}
