import * as z from "zod";
import { currencyDecimals, fitsDecimals } from "./currency.ts";
import { EVENT_NAMES } from "./event-names.ts";
import { LIMITS } from "./limits.ts";

export { EVENT_NAMES };

export const EventId = z
  .string()
  .regex(/^[A-Za-z0-9_\-:.]{8,100}$/, "must be 8 to 100 of A-Z a-z 0-9 _ - : .")
  .meta({
    description: "Made by the sender; the same id is counted once, for at least 35 days.",
    examples: ["evt_01JD3F9K2M"],
  });

const EventName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,39}$/, "must be lower case letters, digits and _, at most 40")
  .meta({
    description: `A GA4 name, one of ours, or a custom one: ${EVENT_NAMES.join(", ")}.`,
    examples: ["purchase"],
  });

const Instant = z.iso.datetime({ offset: true, error: "must be an RFC 3339 time with an offset" });
const Text = z.string().min(1).max(LIMITS.textLength);
const Url = z.string().min(1).max(LIMITS.urlLength);
/** A page's referrer and title are empty strings where it has none. */
const Referrer = z.string().max(LIMITS.urlLength);
const Title = z.string().max(LIMITS.textLength);
const Country = z
  .string()
  .regex(/^[A-Z]{2}$/, "must be two capital letters (ISO 3166-1)")
  .meta({ description: "ISO 3166-1 alpha-2." });
const Money = z
  .number({ error: "must be a finite number in major units" })
  .min(0, "must be at least 0")
  .max(LIMITS.money, `must be at most ${LIMITS.money}`)
  .meta({ description: "Major units of `currency`, with no more decimals than the currency has." });

const Item = z.strictObject({
  item_id: Text.optional(),
  item_name: Text.optional(),
  item_category: Text.optional(),
  price: Money.optional(),
  quantity: z
    .int({ error: "must be a whole number" })
    .min(1, "must be at least 1")
    .max(LIMITS.quantity, `must be at most ${LIMITS.quantity}`)
    .optional(),
});
export type Item = z.infer<typeof Item>;

const Payment = z.strictObject({
  method: Text.optional(),
  card_fingerprint: Text.optional().meta({
    description: "The processor's token for the card; never the card's number.",
  }),
  bin: z
    .string()
    .regex(/^\d{6,8}$/, "must be the card's first 6 to 8 digits")
    .optional(),
  card_country: Country.optional(),
  outcome: z.enum(["authorized", "declined"]).optional(),
  decline_code: Text.optional(),
});

const Address = z.strictObject({ country: Country.optional(), postal_code: Text.optional() });

const Geo = z.strictObject({
  country: Country.optional(),
  region: Text.optional(),
  city: Text.optional(),
  latitude: z.number().min(-90).max(90).optional(),
  longitude: z.number().min(-180).max(180).optional(),
});

const Context = z.strictObject({
  page: z.strictObject({ url: Url.optional(), referrer: Referrer.optional(), title: Title.optional() }).optional(),
  locale: Text.optional(),
  screen: z
    .strictObject({ width: z.int().min(0).max(100_000).optional(), height: z.int().min(0).max(100_000).optional() })
    .optional(),
  ip: z
    .union([z.ipv4(), z.ipv6()], { error: "must be an IPv4 or IPv6 address" })
    .optional()
    .meta({ description: "The shopper's address. Secret key only." }),
  user_agent: z
    .string()
    .min(1)
    .max(LIMITS.urlLength)
    .optional()
    .meta({ description: "The shopper's. Secret key only." }),
  geo: Geo.optional().meta({ description: "Where the shopper is. Secret key only." }),
});

/** Any JSON. The values are not looked into: an event was parsed from JSON before, and walking it again costs more than all the rest. */
const Properties = z
  .record(z.string().min(1).max(LIMITS.propertyNameLength), z.unknown(), {
    error: (issue) =>
      issue.code === "invalid_key" ? `must have a name of 1 to ${LIMITS.propertyNameLength} characters` : undefined,
  })
  .refine((value) => Object.keys(value).length <= LIMITS.properties, `must have at most ${LIMITS.properties} keys`);

const fields = {
  id: EventId,
  name: EventName,
  timestamp: Instant.optional().meta({ description: "When it happened; the time of receipt when missing." }),
  sent_at: Instant.optional().meta({
    description: "The sender's clock when sending: corrects `timestamp` for a clock that is wrong.",
  }),
  client_id: Text.optional(),
  session_id: Text.optional(),
  user_id: Text.optional(),
  email: z
    // Loose on purpose: it is only hashed, and an order is not refused for a mailbox that a provider allows.
    .email({ pattern: z.regexes.unicodeEmail, error: "must be an e-mail address" })
    .max(254)
    .optional()
    .meta({ description: "Never stored: only a keyed hash and the domain are kept." }),
  value: Money.optional(),
  currency: z
    .string()
    .refine((code) => currencyDecimals(code) !== undefined, "must be a currency code of ISO 4217")
    .optional(),
  tax: Money.optional(),
  shipping: Money.optional(),
  coupon: Text.optional(),
  transaction_id: Text.optional(),
  items: z.array(Item).max(LIMITS.items).optional(),
  payment: Payment.optional(),
  shipping_address: Address.optional(),
  billing_address: Address.optional(),
  context: Context.optional(),
  properties: Properties.optional(),
};

interface Monetary {
  name: string;
  value?: number | undefined;
  currency?: string | undefined;
  tax?: number | undefined;
  shipping?: number | undefined;
  transaction_id?: string | undefined;
  items?: Item[] | undefined;
}

/** What one field's schema cannot say: what needs what, and how many decimals money may have. */
function checkMoney(event: Monetary, context: z.core.$RefinementCtx): void {
  const require = (field: keyof Monetary, because: string) => {
    if (event[field] === undefined)
      context.addIssue({ code: "custom", path: [field], message: `is required: ${because}` });
  };
  if (event.name === "purchase" || event.name === "refund") {
    require("transaction_id", `a ${event.name} names its transaction`);
    require("value", `a ${event.name} has a value`);
    require("currency", `a ${event.name} has a currency`);
  } else if (event.value !== undefined) {
    require("currency", "a value has a currency");
  }
  if (event.name === "purchase") require("items", "a purchase lists its items");

  const decimals = event.currency === undefined ? undefined : currencyDecimals(event.currency);
  if (decimals === undefined) return;
  const checkDecimals = (amount: number | undefined, path: (string | number)[]) => {
    if (amount !== undefined && !fitsDecimals(amount, decimals)) {
      context.addIssue({ code: "custom", path, message: `must have at most ${decimals} decimals in this currency` });
    }
  };
  checkDecimals(event.value, ["value"]);
  checkDecimals(event.tax, ["tax"]);
  checkDecimals(event.shipping, ["shipping"]);
  event.items?.forEach((item, index) => checkDecimals(item.price, ["items", index, "price"]));
}

/** One event as a sender writes it. Unknown fields are refused: a misspelt field must not weaken a score. */
export const Event = z.strictObject(fields).superRefine(checkMoney);
export type Event = z.infer<typeof Event>;

const { email: _email, sent_at: _sentAt, context: _context, ...kept } = fields;
const { ip: _ip, ...keptContext } = Context.shape;

/** One event as it is kept: without e-mail and address, which only appear as keyed hashes. `timestamp` is UTC and corrected. */
export const KeptEvent = z.strictObject({
  ...kept,
  timestamp: Instant,
  context: z.strictObject(keptContext).optional(),
  email_hash: z.string().optional().meta({ description: "Keyed hash of the lower-cased e-mail." }),
  email_domain: z.string().optional(),
});
export type KeptEvent = z.infer<typeof KeptEvent>;
