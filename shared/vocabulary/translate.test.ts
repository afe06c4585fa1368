import { describe, expect, it } from "vitest";
import { Event, EVENT_NAMES } from "../event.ts";
import { below, chance, pick, seededRandom, type Random } from "../random.ts";
import { FORMATS, translate } from "./translate.ts";
import { ENVELOPE, EVENTS, FIELDS, ITEM_FIELDS } from "./vocabulary.ts";

describe("translate", () => {
  it.each([
    { raw: { id: "evt_00000001", name: "purchase", formats: "segment" }, because: "it names no format" },
    { raw: null, because: "nothing has no format" },
    { raw: "segment", because: "text has no format" },
    { raw: [{ format: "segment" }], because: "a list has no format" },
  ])("gives $raw back as it is: $because", ({ raw }) => {
    const translated = translate(raw, "secret");
    expect(translated.kind === "event" && translated.event).toBe(raw);
  });

  it.each(["ga4", "Segment", "constructor", "", null, 1, ["segment"], {}])("knows no format %j", (format) => {
    expect(translate({ format, id: "evt_00000001", name: "page" }, "secret")).toEqual({
      kind: "rejected",
      errors: [{ pointer: "/format", detail: "must be segment or shopify" }],
    });
  });

  it.each([
    { raw: { format: "segment", type: "identify", traits: {} }, at: ["/type"] },
    { raw: { format: "segment", type: "group" }, at: ["/type"] },
    { raw: { format: "segment", type: 7 }, at: ["/type"] },
    { raw: { format: "segment", event: "A", properties: [], context: "web" }, at: ["/properties", "/context"] },
    {
      raw: { format: "shopify", name: "a", data: [], context: 1, customData: "x" },
      at: ["/data", "/context", "/customData"],
    },
  ])("rejects at $at what it would have to look into: $raw", ({ raw, at }) => {
    const translated = translate(raw, "secret");
    expect(translated.kind === "rejected" && translated.errors.map(({ pointer }) => pointer)).toEqual(at);
  });
});

describe("the vocabulary", () => {
  it("names only events that our schema takes, and every name of ours that the others have a word for", () => {
    for (const { name } of EVENTS)
      expect(
        Event.safeParse({ id: "evt_00000001", name }).error?.issues.map(({ path }) => path[0]) ?? [],
      ).not.toContain("name");
    const unnamed = EVENT_NAMES.filter((name) => !EVENTS.some((row) => row.name === name));
    expect(unnamed).toEqual(["login", "sign_up"]);
  });

  it("has each name of theirs once, so that no event has two meanings", () => {
    for (const format of FORMATS) {
      const names = EVENTS.flatMap((row) => row[format] ?? []);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it("fills only fields that our schema has", () => {
    const heads = FIELDS.map(({ field }) => field.split(".")[0]);
    expect(heads.filter((head) => head === undefined || !Object.hasOwn(Event.shape, head))).toEqual([]);
    const item = { item_id: "a", item_name: "a", item_category: "a", price: 1, quantity: 1 };
    expect(ITEM_FIELDS.map(({ field }) => field)).toEqual(Object.keys(item));
    expect(Event.shape.items.safeParse([item]).success).toBe(true);
  });

  it("leaves no field of the envelope that it reads to become a property as well", () => {
    for (const format of FORMATS) {
      const heads = FIELDS.flatMap((row) => row[format]).map((path) => path.split(".")[0]);
      expect(heads.filter((head) => head !== undefined && !ENVELOPE[format].has(head))).toEqual([]);
    }
  });
});

/** Keys that are read somewhere, and a few that every object has of itself. */
const KEYS = [
  ...new Set(
    [...FIELDS, ...ITEM_FIELDS].flatMap((row) => [...row.segment, ...row.shopify]).flatMap((path) => path.split(".")),
  ),
  ..."event name type products items total revenue constructor toString hasOwnProperty 0 length".split(" "),
];
const NAMES = EVENTS.flatMap((row) => [row.segment, row.shopify].filter((name) => name !== undefined));
const SCALARS = [
  null,
  "",
  "a",
  "18.99",
  "-1",
  "usd",
  "EUR",
  0,
  -1,
  0.1 + 0.2,
  1e300,
  9_007_199_254_740_991,
  true,
  "PAYMENT_ERROR",
];

/** One of each format with its parts in place, for chance to put something else there. */
const SAMPLES: Record<string, unknown>[] = [
  {
    format: "segment",
    type: "track",
    event: "Order Completed",
    messageId: "evt_00000001",
    timestamp: "2026-11-21T10:00:00.000Z",
    context: { ip: "203.0.113.9", page: { url: "https://shop.example/" }, location: { country: "DE" }, traits: {} },
    payment: { method: "card" },
    properties: {
      order_id: 1,
      total: 3,
      tax: "0.1",
      shipping: 0.2,
      products: [{ product_id: 1, price: "1.5", quantity: 2 }],
    },
  },
  {
    format: "shopify",
    id: "evt_00000001",
    name: "checkout_completed",
    context: { navigator: { userAgent: "a" }, document: { location: { href: "https://shop.example/" } } },
    data: {
      checkout: {
        order: null,
        totalPrice: { amount: 3, currencyCode: "EUR" },
        totalTax: { amount: 0.1 },
        lineItems: [{ id: 1, quantity: 1, variant: { id: 1, price: { amount: 3 }, product: { title: "Mug" } } }],
        discountApplications: [{ title: "MAY" }],
      },
    },
  },
];

function anyJson(random: Random, depth: number): unknown {
  if (depth === 0 || chance(random, 0.3)) return pick(random, chance(random, 0.2) ? NAMES : SCALARS);
  if (chance(random, 0.3)) return Array.from({ length: below(random, 3) }, () => anyJson(random, depth - 1));
  return Object.fromEntries(
    Array.from({ length: below(random, 5) }, () => [pick(random, KEYS), anyJson(random, depth - 1)]),
  );
}

/** The same JSON with something else at about one place in twelve, and now and then something more. */
function mutated(random: Random, value: unknown): unknown {
  if (chance(random, 0.08)) return anyJson(random, 3);
  if (Array.isArray(value)) return value.map((inner) => mutated(random, inner));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, mutated(random, inner)]);
  if (chance(random, 0.3)) entries.push([pick(random, KEYS), anyJson(random, 2)]);
  return Object.fromEntries(entries);
}

function anyEvent(random: Random): Record<string, unknown> {
  const sample = pick(random, SAMPLES);
  const event = Object.fromEntries(Object.entries(sample).map(([key, part]) => [key, mutated(random, part)]));
  const name = chance(random, 0.5) ? { event: pick(random, NAMES), name: pick(random, NAMES) } : {};
  const type = chance(random, 0.3) ? { type: pick(random, ["track", "page", null]) } : {};
  const format = chance(random, 0.8) ? { format: sample["format"] } : {};
  return { ...event, ...name, ...type, ...format };
}

function freeze(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  Object.freeze(value);
  for (const inner of Object.values(value)) freeze(inner);
}

describe("translate, on any JSON", () => {
  it("never throws, never lets an unknown format through, changes nothing and says the same again", () => {
    const random = seededRandom(20_261_121);
    let valid = 0;
    let rejected = 0;
    for (let round = 0; round < 2_000; round++) {
      const raw = anyEvent(random);
      const source = pick(random, ["publishable", "secret"] as const);
      freeze(raw);
      const translated = translate(raw, source);
      expect(JSON.stringify(translate(structuredClone(raw), source))).toBe(JSON.stringify(translated));
      if (!FORMATS.some((format) => format === raw["format"])) expect(translated.kind).toBe("rejected");
      if (translated.kind === "event") {
        if (source === "publishable") expect(contextOf(translated.event)).not.toContain("ip");
        if (Event.safeParse(translated.event).success) valid++;
      }
      if (translated.kind === "rejected") rejected++;
    }
    // Chance has gone both ways often enough to have tried something.
    expect(valid).toBeGreaterThan(200);
    expect(rejected).toBeGreaterThan(200);
  });
});

function contextOf(event: unknown): string[] {
  const { context } = event as { context?: object }; // an event that was translated is an object
  return Object.keys(context ?? {});
}
