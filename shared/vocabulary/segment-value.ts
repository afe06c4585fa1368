import { decimalsOf, exactSum, netTotal, plainAmount } from "./amounts.ts";
import { isGiven, isObject, own, type JsonObject } from "./paths.ts";
import type { Figures } from "./vocabulary.ts";

/** A fact that is taken as it stands, or something reckoned from facts. */
type Stated = "revenue" | "subtotal" | "total" | "value";
type ValueSource = Stated | "net total" | "sum of lines";

/**
 * Where the value of an event is looked for, the first that is told first. Our value is GA4's: without tax and shipping, which
 * Segment's `revenue` and `subtotal` are and its `total` is not. What is refunded is the total as it is sent, because the tax and
 * shipping beside it are often those of the whole order. `value` is the merchant's own figure, and of a product that times its quantity.
 */
const VALUE_SOURCES: Record<Figures, readonly ValueSource[]> = {
  order: ["revenue", "subtotal", "net total", "value", "sum of lines"],
  refund: ["revenue", "total", "subtotal", "value", "sum of lines"],
  lines: ["revenue", "value", "sum of lines"],
  stated: ["revenue", "value"],
};

/** Segment's spec takes revenue to be in US dollars where no currency is told. */
const CURRENCY_OF_REVENUE = "USD";

/**
 * Adds `value` to an event that has its items and currency, and the currency where the spec implies one: for `revenue`, and for
 * every figure of an order or refund. Any other figure without a currency is not taken: it might be of any, and stays a property.
 *
 * @returns the facts that became the value
 */
export function addValue(event: JsonObject, facts: JsonObject, figures: Figures): string[] {
  const ofOrder = figures === "order" || figures === "refund";
  for (const source of VALUE_SOURCES[figures]) {
    const currency = event["currency"] ?? (ofOrder || source === "revenue" ? CURRENCY_OF_REVENUE : undefined);
    if (currency === undefined) continue;
    const value = valueFrom(source, { facts, items: event["items"], decimals: decimalsOf(currency) });
    if (value === undefined) continue;
    event["value"] = figures === "refund" && typeof value === "number" ? Math.abs(value) : value;
    event["currency"] = currency;
    return source === "net total" || source === "sum of lines" ? [] : [source];
  }
  return [];
}

interface Told {
  facts: JsonObject;
  items: unknown;
  decimals: number;
}

function valueFrom(source: ValueSource, { facts, items, decimals }: Told): unknown {
  if (source === "sum of lines") return sumOfLines(items, facts, decimals);
  const told = (key: string) => own(facts, key);
  if (source === "net total") {
    return netTotal({ total: told("total"), tax: told("tax"), shipping: told("shipping") }, decimals);
  }
  const stated = told(source);
  return isGiven(stated) ? plainAmount(stated) : undefined;
}

/** Price times quantity (one, where none is told) over the lines; unknown when a line has no price or a discount makes it less. */
function sumOfLines(items: unknown, facts: JsonObject, decimals: number): number | undefined {
  const discount = own(facts, "discount");
  if (isGiven(discount) && plainAmount(discount) !== 0) return undefined;
  if (!Array.isArray(items) || items.length === 0) return undefined;
  const terms = items.map((item: unknown) =>
    isObject(item) ? { amount: item["price"], times: item["quantity"] ?? 1 } : { amount: undefined, times: 1 },
  );
  return exactSum(terms, decimals);
}
