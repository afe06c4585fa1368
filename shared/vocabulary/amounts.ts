import { currencyDecimals, fitsDecimals } from "../currency.ts";
import { isGiven } from "./paths.ts";

/** ISO 4217's most, for an amount whose currency is not told. */
const MOST_DECIMALS = 4;
/** Sums made in binary fractions are off by less than this, in major units; a price that has so little more is not seen. */
const DUST = 1e-6;

/** Within the digits that a number holds exactly; anything longer is not an amount. */
const PLAIN_DECIMAL = /^-?\d{1,10}(\.\d{1,4})?$/;
const PLAIN_COUNT = /^\d{1,7}$/;

/** An amount written as text ("18.99") as the number it is; anything else as it is. */
export function plainAmount(value: unknown): unknown {
  return typeof value === "string" && PLAIN_DECIMAL.test(value) ? Number(value) : value;
}

/** A quantity written as text as the number it is; anything else as it is. */
export function plainCount(value: unknown): unknown {
  return typeof value === "string" && PLAIN_COUNT.test(value) ? Number(value) : value;
}

/** Decimals to reckon with: those of the currency, or the most there are. */
export function decimalsOf(currency: unknown): number {
  return (typeof currency === "string" ? currencyDecimals(currency) : undefined) ?? MOST_DECIMALS;
}

/** 56.970000000000006 as the 56.97 it was meant to be; an amount that truly has more decimals as it is. */
export function withoutDust(amount: number, decimals: number): number {
  const rounded = Number(amount.toFixed(decimals));
  return Math.abs(rounded - amount) < DUST ? rounded : amount;
}

/**
 * The sum of amounts, each times a whole number, reckoned in the currency's smallest unit so that no binary fraction shows.
 *
 * @returns undefined when one is no number, or has more decimals than the currency
 */
export function exactSum(terms: readonly { amount: unknown; times: unknown }[], decimals: number): number | undefined {
  const unit = 10 ** decimals;
  let units = 0;
  for (const { amount, times } of terms) {
    if (typeof amount !== "number" || typeof times !== "number") return undefined;
    if (!Number.isFinite(amount) || !Number.isInteger(times)) return undefined;
    const clean = withoutDust(amount, decimals);
    if (!fitsDecimals(clean, decimals)) return undefined;
    units += Math.round(clean * unit) * times;
  }
  return units / unit;
}

/**
 * What is left of a total without tax and shipping, where these are told.
 *
 * @returns the total itself where it cannot be reckoned with, for the schema to refuse what is wrong; undefined without a total
 */
export function netTotal(sent: { total: unknown; tax: unknown; shipping: unknown }, decimals: number): unknown {
  const total = plainAmount(sent.total);
  if (!isGiven(total)) return undefined;
  const less = [sent.tax, sent.shipping].filter(isGiven).map((amount) => ({ amount: plainAmount(amount), times: -1 }));
  return exactSum([{ amount: total, times: 1 }, ...less], decimals) ?? total;
}
