import { newFields, type Fields } from "./json.ts";
import { MONEY, QUANTITY, TEXT_LENGTH } from "./limits.ts";

/** A name that the edge takes. */
export const EVENT_NAME = /^[a-z][a-z0-9_]{0,39}$/;
/** Events of a shop's trade, as GA4 and the edge name them; those of the first group are about no goods. */
export const COMMERCE_NAME =
  /^(?:(search|login|sign_up)|purchase|refund|begin_checkout|(view|select|add|remove|order|coupon|payment)_\w+)$/;
/** Events that are looked at while the shopper waits: they are sent at once. */
export const URGENT_NAME = /login|sign_up|purchase|refund|begin_checkout|payment/;

const WITHOUT_DECIMALS = "BIFCLPDJFGNFISKJPYKMFKRWPYGRWFUGXUYIVNDVUVXAFXOFXPF";
const WITH_THREE_DECIMALS = "BHDIQDJODKWDLYDOMRTND";

/** Reads a value for a field of ours; undefined when it cannot be one. */
type Reader = (value: unknown, currency: string | undefined) => unknown;

const EVENT_FIELDS = new Map<string, Reader>(
  Object.entries({
    currency: readCurrency,
    value: readMoney,
    tax: readMoney,
    shipping: readMoney,
    coupon: readText,
    transaction_id: readText,
    user_id: readText,
    email: readEmail,
    payment: readObject,
    shipping_address: readObject,
    billing_address: readObject,
  }),
);

const ITEM_FIELDS = new Map<string, Reader>(
  Object.entries({
    item_id: readText,
    item_name: readText,
    item_category: readText,
    price: readMoney,
    quantity: readQuantity,
  }),
);

/**
 * GA4's parameters as fields of our event. Numbers may be text (`"19.90"`, `"19,90"`), money is rounded to its currency. What has no
 * field goes to `properties`, what items carry beyond ours to `properties.items`, in their order; so does what cannot be read, and money
 * without a currency. Nothing is taken of an e-mail that is none, nor of `user_data`, which GA4 pages fill for advertising.
 */
export function toEventFields(name: string, params: Fields): [fields: Fields, properties: Fields] {
  const given: unknown[] = Array.isArray(params.items) ? params.items : [];
  const currency = readCurrency(params.currency);

  const [event, properties] = distribute(params, EVENT_FIELDS, currency);

  for (const field of ["user_data", "email", "items"]) delete properties[field];
  const items = given.map((item) => distribute(newFields(item), ITEM_FIELDS, currency));
  if (given.length || name === "purchase") event.items = items.map(([item]) => item);
  if (items.some(([, extra]) => Object.keys(extra).length)) properties.items = items.map(([, extra]) => extra);
  return [event, properties];
}

/** What has a field and can be read, and the rest of it. Empty values are neither. */
function distribute(
  given: Fields,
  readers: Map<string, Reader>,
  currency: string | undefined,
): [taken: Fields, rest: Fields] {
  const taken = newFields();
  const rest = newFields();
  for (const name of Object.keys(given)) {
    const value = given[name];
    const reader = readers.get(name);
    const read = reader && reader(value, currency);
    if (read !== undefined) taken[name] = read;
    else if (value !== null && value !== "") rest[name] = value;
  }
  return [taken, rest];
}

/** Text of 1 to 500 characters; a number is written out. */
export function readText(value: unknown): string | undefined {
  return /string|number/.test(typeof value) ? String(value).slice(0, TEXT_LENGTH) || undefined : undefined;
}

function readEmail(value: unknown): string | undefined {
  const text = readText(value);
  return text && /^[^\s@"]{1,64}@[^\s@]{1,180}$/.test(text) ? text : undefined;
}

function readCurrency(value: unknown): string | undefined {
  const code = String(value).toUpperCase();
  return /^[A-Z]{3}$/.test(code) ? code : undefined;
}

function readObject(value: unknown): unknown {
  return value && typeof value === "object" ? value : undefined;
}

function readNumber(value: unknown): number {
  return Number(String(readText(value)).replace(/^(\d+),(\d\d?)$/, "$1.$2"));
}

function readMoney(value: unknown, currency: string | undefined): number | undefined {
  const amount = readNumber(value);
  if (!currency || !(amount >= 0 && amount <= MONEY)) return undefined;
  return Number(
    amount.toFixed(WITHOUT_DECIMALS.includes(currency) ? 0 : WITH_THREE_DECIMALS.includes(currency) ? 3 : 2),
  );
}

function readQuantity(value: unknown): number | undefined {
  const count = readNumber(value);
  return count >= 1 && count <= QUANTITY && count % 1 === 0 ? count : undefined;
}
