import { decimalsOf, plainAmount, plainCount, withoutDust } from "./amounts.ts";
import { at, isGiven, isObject, own, put, type JsonObject, type Path } from "./paths.ts";
import {
  ENVELOPE,
  EVENTS,
  PERSONAL,
  type EventRow,
  type FieldRow,
  type Figures,
  type Form,
  type Format,
} from "./vocabulary.ts";

/** Who sent the event: a shop's server may say more of a shopper than a browser may. */
export type Source = "publishable" | "secret";

const FORMS: Record<Form, (value: unknown) => unknown> = {
  // A copy, because more is put into an object that came as it was.
  as_sent: (value) => (isObject(value) ? { ...value } : value),
  text: (value) => (typeof value === "number" ? String(value) : value),
  code: (value) => (typeof value === "string" ? value.toUpperCase() : value),
  // Segment's example is a country's name, for which no event is refused.
  country: (value) => (typeof value === "string" && /^[A-Za-z]{2}$/.test(value) ? value.toUpperCase() : undefined),
  amount: plainAmount,
  count: plainCount,
  pixels: (value) => (typeof value === "number" ? Math.round(value) : value),
};

export const pathOf = (text: string): Path => (text === "" ? [] : text.split("."));

interface Column {
  field: Path;
  form: Form;
  paths: Path[];
}

/** What one format and one kind of sender may say, its paths taken apart once. */
export function columnsOf(rows: readonly FieldRow[], format: Format, source: Source): Column[] {
  return rows
    .filter((row) => row[format].length > 0 && (source === "secret" || row.secretOnly !== true))
    .map((row) => ({ field: pathOf(row.field), form: row.form, paths: row[format].map(pathOf) }));
}

interface Collected {
  fields: JsonObject;
  /** The sender's paths that were taken, joined by dots. */
  taken: Set<string>;
}

/** Our fields as far as the sender's say them. */
export function collect(columns: readonly Column[], sent: JsonObject): Collected {
  const fields: JsonObject = {};
  const taken = new Set<string>();
  for (const { field, form, paths } of columns) {
    const path = paths.find((candidate) => isGiven(at(sent, candidate)));
    if (path === undefined) continue;
    taken.add(path.join("."));
    const value = FORMS[form](at(sent, path));
    if (value !== undefined) put(fields, field, value);
  }
  return { fields, taken };
}

/** The free facts of an event: its `properties`, and what stands beside them that its envelope does not know. */
export function factsOf(format: Format, sent: JsonObject): JsonObject {
  const loose = Object.entries(sent).filter(([key]) => !ENVELOPE[format].has(key));
  const properties = own(sent, "properties");
  return { ...Object.fromEntries(loose), ...(isObject(properties) ? properties : {}) };
}

/** What remains of facts when fields of ours have taken theirs, without what is personal or says nothing. */
export function restOf(facts: JsonObject, taken: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(
    Object.entries(facts).filter(([key, value]) => isGiven(value) && !taken.has(key) && !PERSONAL.has(key)),
  );
}

/** Adds properties to an event. What it has already under such a name stays. */
export function keep(event: JsonObject, properties: JsonObject): void {
  for (const [key, value] of Object.entries(properties)) put(event, ["properties", key], value);
}

/** Takes the dust of binary sums from an event's money. */
export function settle(event: JsonObject): JsonObject {
  const decimals = decimalsOf(event["currency"]);
  for (const key of ["value", "tax", "shipping"]) dust(event, key, decimals);
  const items = event["items"];
  if (Array.isArray(items)) for (const item of items) if (isObject(item)) dust(item, "price", decimals);
  return event;
}

function dust(object: JsonObject, key: string, decimals: number): void {
  const amount = own(object, key);
  if (typeof amount === "number") object[key] = withoutDust(amount, decimals);
}

/** "Order Completed", "order-completed" and "OrderCompleted" are one name; letters that ours does not take stay, to be refused. */
function snakeCase(name: string): string {
  return name
    .trim()
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll(/[\s\-_.:/]+/g, "_")
    .toLowerCase();
}

/** Rows by our name and, stronger, by theirs: an event may have been renamed before it was sent. */
function rowsByName(format: Format): Map<string, EventRow> {
  const ours = EVENTS.map((row): [string, EventRow] => [row.name, row]);
  const theirs = EVENTS.flatMap((row): [string, EventRow][] =>
    row[format] === undefined ? [] : [[snakeCase(row[format]), row]],
  );
  return new Map([...ours, ...theirs]);
}

const ROWS: Record<Format, Map<string, EventRow>> = { segment: rowsByName("segment"), shopify: rowsByName("shopify") };

/** Nothing so long can become a name; twice the 40 of our names leaves room for what separates its words. */
const LONGEST_NAME = 80;

/** Our name for an event, its own in snake_case when the table has none. What can be no name is left for the schema to refuse. */
export function meaningOf(format: Format, name: unknown, sent: JsonObject): { name: unknown; figures: Figures } {
  if (typeof name !== "string" || name.length > LONGEST_NAME) return { name, figures: "stated" };
  const key = snakeCase(name);
  const row = ROWS[format].get(key);
  const holds = row?.only === undefined || at(sent, pathOf(row.only.path)) === row.only.is;
  return row !== undefined && holds
    ? { name: row.name, figures: row.figures ?? "stated" }
    : { name: key, figures: "stated" };
}
