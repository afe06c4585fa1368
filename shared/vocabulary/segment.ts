import { collect, columnsOf, factsOf, keep, meaningOf, restOf, type Source } from "./collect.ts";
import { isGiven, isObject, own, type JsonObject } from "./paths.ts";
import { addValue } from "./segment-value.ts";
import { FIELDS, ITEM_FIELDS } from "./vocabulary.ts";

const FIELD_COLUMNS = {
  publishable: columnsOf(FIELDS, "segment", "publishable"),
  secret: columnsOf(FIELDS, "segment", "secret"),
};
const ITEM_COLUMNS = columnsOf(ITEM_FIELDS, "segment", "secret");

/** Calls that are events. The others say who a person is or what belongs together. */
export const SEGMENT_CALLS: readonly unknown[] = ["track", "page"];

/**
 * A call of Segment's spec v2, or an event in our envelope with Segment's names, in our terms.
 *
 * - Facts stand in `properties` or, weaker, beside them. Those without a field of ours become `properties`.
 * - A product told by the facts themselves (an id or a sku, and no `products`) is the one item.
 * - What a product says beyond our item is kept in `properties.products`, line by line.
 * - Of `context` only page, locale, screen and campaign are carried over, and from a server ip, user agent and location.
 */
export function readSegment(call: JsonObject, source: Source): JsonObject {
  const { name, rest } = named(call);
  const meaning = meaningOf("segment", name, call);
  const sent = withTime(withPage({ ...rest, properties: factsOf("segment", rest) }));
  const facts = sent.properties;

  const found = collect(FIELD_COLUMNS[source], sent);
  const lines = linesOf(facts);
  const event: JsonObject = { ...found.fields, name: meaning.name };
  if (lines.items !== undefined) event["items"] = lines.items;
  const valueKeys = addValue(event, facts, meaning.figures);

  const taken = new Set([...factKeys(found.taken), ...lines.taken, ...valueKeys]);
  keep(event, { ...restOf(facts, taken), ...lines.properties });
  return event;
}

const FACTS = "properties.";

function factKeys(paths: ReadonlySet<string>): string[] {
  return [...paths].filter((path) => path.startsWith(FACTS)).map((path) => path.slice(FACTS.length));
}

/** A track call has its name in `event`, our envelope in `name`; the name of a page call is the page's and a fact. */
function named(call: JsonObject): { name: unknown; rest: JsonObject } {
  if (own(call, "type") === "page") return { name: "page", rest: call };
  const key = isGiven(own(call, "event")) ? "event" : "name";
  const { [key]: name, ...rest } = call;
  return { name, rest };
}

type Sent = JsonObject & { properties: JsonObject };

/** The facts of a page call are about the page, as `context.page` is. Elsewhere `url` is that of a product. */
function withPage(sent: Sent): Sent {
  if (own(sent, "type") !== "page") return sent;
  const { url, referrer, title, ...properties } = sent.properties;
  const context = own(sent, "context");
  const inContext = isObject(context) ? context : {};
  const page = own(inContext, "page");
  const stated = Object.entries({ url, referrer, title }).filter(([, value]) => isGiven(value));
  return {
    ...sent,
    properties,
    context: { ...inContext, page: { ...(isObject(page) ? page : {}), ...Object.fromEntries(stated) } },
  };
}

/**
 * Segment's servers set `timestamp` right by `sentAt` and keep what they were told as `originalTimestamp`; they add `receivedAt`.
 * A time that has been set right is not set right again.
 */
function withTime(sent: Sent): Sent {
  const wasCorrected = isGiven(own(sent, "receivedAt")) || isGiven(own(sent, "originalTimestamp"));
  return isGiven(own(sent, "timestamp")) && wasCorrected ? { ...sent, sentAt: undefined } : sent;
}

interface Lines {
  /** A list, or what was sent in its place, for the schema to refuse. */
  items?: unknown;
  /** Facts that became items. */
  taken: Iterable<string>;
  properties?: { products: JsonObject[] };
}

function linesOf(facts: JsonObject): Lines {
  const key = ["products", "items"].find((name) => isGiven(own(facts, name)));
  if (key === undefined) return loneProduct(facts);
  const products = facts[key];
  if (!Array.isArray(products)) return { items: products, taken: [key] };
  const read = products.map(readProduct);
  const rest = read.map((line) => line.rest);
  const items = read.map(({ item }) => item);
  if (rest.every((more) => Object.keys(more).length === 0)) return { items, taken: [key] };
  return { items, taken: [key], properties: { products: rest } };
}

function loneProduct(facts: JsonObject): Lines {
  const { fields, taken } = collect(ITEM_COLUMNS, facts);
  return fields["item_id"] === undefined ? { taken: [] } : { items: [fields], taken };
}

function readProduct(product: unknown): { item: unknown; rest: JsonObject } {
  if (!isObject(product)) return { item: product, rest: {} };
  const { fields, taken } = collect(ITEM_COLUMNS, product);
  return { item: fields, rest: restOf(product, taken) };
}
