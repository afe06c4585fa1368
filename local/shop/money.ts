/** Money is pence, whole numbers, until it is shown or sent. */
export const CURRENCY = "GBP";

const POUNDS = new Intl.NumberFormat("en-GB", { style: "currency", currency: CURRENCY });

/** Pence as people read them: `£1,234.50`. */
export function priceText(minor: number): string {
  return POUNDS.format(minor / 100);
}
