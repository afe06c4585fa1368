import { collect, columnsOf, factsOf, keep, meaningOf, pathOf, restOf, type Source } from "./collect.ts";
import { decimalsOf, netTotal } from "./amounts.ts";
import { at, isGiven, isObject, own, type JsonObject, type Path } from "./paths.ts";
import { FIELDS, ITEM_FIELDS, SHOPIFY_LINES, SHOPIFY_PARTS } from "./vocabulary.ts";

const FIELD_COLUMNS = {
  publishable: columnsOf(FIELDS, "shopify", "publishable"),
  secret: columnsOf(FIELDS, "shopify", "secret"),
};
const ITEM_COLUMNS = columnsOf(ITEM_FIELDS, "shopify", "secret");
const TOTAL = pathOf("data.checkout.totalPrice.amount");
const OUR_ITEMS = pathOf("items");
const PARTS = new Set(SHOPIFY_PARTS);
const LINES = SHOPIFY_LINES.map(({ path, variant }) => ({ path: pathOf(path), variant: pathOf(variant) }));

/**
 * An event of Shopify's web pixels in our terms.
 *
 * Of `data` and `context` only what the table names is carried over: a checkout holds names, phones and street lines, an alert
 * what the shopper typed, and none of that may be kept. The properties of an event are the sender's own: a custom event's
 * `customData`, `properties`, and what stands beside them.
 */
export function readShopify(pixelEvent: JsonObject, source: Source): JsonObject {
  const custom = own(pixelEvent, "customData");
  const facts = { ...(isObject(custom) ? custom : {}), ...factsOf("shopify", pixelEvent) };
  const sent = { ...pixelEvent, data: dataOf(pixelEvent, facts) };

  const { fields } = collect(FIELD_COLUMNS[source], sent);
  const event: JsonObject = { ...fields, name: meaningOf("shopify", own(sent, "name"), sent).name };
  const items = itemsOf(sent);
  if (items !== undefined) event["items"] = items;
  // A checkout without a subtotal has the value that is left of its total.
  const total = at(sent, TOTAL);
  if (event["value"] === undefined && isGiven(total)) {
    event["value"] = netTotal({ total, tax: event["tax"], shipping: event["shipping"] }, decimalsOf(event["currency"]));
  }
  keep(event, restOf(facts, PARTS));
  return event;
}

/** The parts of an event wherever they stand: in its `data`, or in our envelope among the facts. */
function dataOf(pixelEvent: JsonObject, facts: JsonObject): JsonObject {
  const data = own(pixelEvent, "data");
  const loose = Object.entries(facts).filter(([key]) => PARTS.has(key));
  return { ...Object.fromEntries(loose), ...(isObject(data) ? data : {}) };
}

/** A list, or what was sent in its place, for the schema to refuse. */
function itemsOf(sent: JsonObject): unknown {
  const place = LINES.find(({ path }) => isGiven(at(sent, path)));
  const found = at(sent, place?.path ?? OUR_ITEMS);
  const lines = place !== undefined && isObject(found) ? [found] : found;
  return Array.isArray(lines) ? lines.map((line: unknown) => readLine(line, place?.variant)) : lines;
}

/** An item of ours as it is. Otherwise `variant` is where in a line its variant stands: a line's own `id` is not the product's. */
function readLine(line: unknown, variant: Path | undefined): unknown {
  if (!isObject(line)) return line;
  if (variant === undefined) return { ...line };
  return collect(ITEM_COLUMNS, { ...(variant.length === 0 ? {} : line), variant: at(line, variant) }).fields;
}
