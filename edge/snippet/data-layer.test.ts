import { describe, expect, it } from "vitest";
import { createDataLayerReader, watchDataLayer } from "./data-layer.ts";

/** As Google's page snippet has it. */
function gtag(...args: unknown[]): unknown {
  // oxlint-disable-next-line prefer-rest-params -- this very object is what set-ups push
  return function () {
    return arguments;
  }.apply(null, args as []);
}
const ITEMS = [{ item_id: "SKU_1" }];

/** What the pushes are read as, those that say nothing left out. */
function calls(pushes: unknown[], hasOwnViews = true) {
  const read = createDataLayerReader(hasOwnViews);
  return pushes
    .map(read)
    .filter(Boolean)
    .map((call) => JSON.parse(JSON.stringify(call)));
}

describe("createDataLayerReader", () => {
  it("tracks the events of GA4's e-commerce with their goods", () => {
    expect(calls([{ event: "add_to_cart", ecommerce: { currency: "EUR", value: 5, items: ITEMS } }])).toEqual([
      ["track", "add_to_cart", { currency: "EUR", value: 5, items: ITEMS }],
    ]);
  });

  it("remembers goods that were pushed before their event, until they are cleared", () => {
    const pushes = [
      { ecommerce: { items: ITEMS, currency: "EUR" } },
      { event: "view_item" },
      { event: "login" },
      { ecommerce: null },
      { event: "view_cart" },
    ];
    expect(calls(pushes)).toEqual([
      ["track", "view_item", { items: ITEMS, currency: "EUR" }],
      ["track", "login", {}],
      ["track", "view_cart", {}],
    ]);
  });

  it("takes of a push only GA4's parameters, as shops put anything there", () => {
    const push = {
      event: "login",
      method: "Google",
      user_id: "u1",
      userEmail: "ann@mail.example",
      "gtm.uniqueEventId": 4,
    };
    expect(calls([push])).toEqual([["track", "login", { method: "Google", user_id: "u1" }]]);
  });

  it.each([
    { push: { event: "gtm.js", "gtm.start": 1 }, because: "Google's own" },
    { push: { event: "scroll" }, because: "not of the trade" },
    { push: { event: "page_view" }, because: "views are counted by themselves" },
    { push: { event: "purchase", eventModel: {} }, because: "Google's echo of a gtag call" },
    { push: { pageType: "home" }, because: "no event" },
    { push: "text", because: "no object" },
    { push: null, because: "nothing" },
    { push: gtag("js", new Date()), because: "set-up" },
    { push: gtag("config", "G-1"), because: "set-up" },
    { push: gtag("event", "page_view"), because: "views are counted by themselves" },
    { push: gtag("event", "Add To Cart"), because: "not a name of GA4's" },
    { push: gtag("consent", "update", { ad_storage: "granted" }), because: "nothing about analytics" },
  ])("leaves out $push: $because", ({ push }) => {
    expect(calls([push])).toEqual([]);
  });

  it.each([
    { push: gtag("event", "purchase", { transaction_id: "T" }), call: ["track", "purchase", { transaction_id: "T" }] },
    { push: ["event", "refund", { value: 1 }], call: ["track", "refund", { value: 1 }] },
    { push: gtag("event", "newsletter_opened"), call: ["track", "newsletter_opened", null] },
    { push: gtag("consent", "default", { analytics_storage: "denied" }), call: ["consent", "pending"] },
    { push: gtag("config", "G-1", { user_id: "u1" }), call: ["identify", { user_id: "u1" }] },
    { push: gtag("set", { user_id: "u1" }), call: ["identify", { user_id: "u1" }] },
  ])("reads $push as $call", ({ push, call }) => {
    expect(calls([push])).toEqual([call]);
  });

  it("counts a page's own views where the automatic ones are off", () => {
    expect(calls([gtag("event", "page_view")], false)).toEqual([["track", "page_view", null]]);
  });
});

describe("watchDataLayer", () => {
  function watch(layer?: unknown[]) {
    const page: Record<string, unknown[] | undefined> = layer === undefined ? {} : { dataLayer: layer };
    const read: unknown[] = [];
    watchDataLayer(page, "dataLayer", (pushed) => read.push(pushed));
    return { layer: page.dataLayer as unknown[], read }; // made where it was missing
  }

  it("reads what was pushed before it came and what comes after, and passes all on", () => {
    const { layer, read } = watch(["before"]);
    expect(layer.push("a", "b")).toBe(3);
    expect([read, layer]).toEqual([
      ["before", "a", "b"],
      ["before", "a", "b"],
    ]);
  });

  it("makes the layer where there is none", () => {
    const { layer, read } = watch();
    layer.push("a");
    expect([read, layer]).toEqual([["a"], ["a"]]);
  });

  it.each([
    { calls: "calls the one it found", isChained: true },
    { calls: "does not", isChained: false },
  ])("goes on reading when a page replaces push with one that $calls", ({ isChained }) => {
    const { layer, read } = watch();
    const found = layer.push;
    const replaced: unknown[] = [];
    layer.push = (...pushed) => {
      replaced.push(...pushed);
      return isChained ? found.apply(layer, pushed) : Array.prototype.push.apply(layer, pushed);
    };
    layer.push("a");
    layer.push("b");
    expect([read, replaced, layer]).toEqual([
      ["a", "b"],
      ["a", "b"],
      ["a", "b"],
    ]);
  });

  it("goes on reading after a replacement threw, whose error is the page's own", () => {
    const { layer, read } = watch();
    layer.push = () => {
      throw new Error("the page's");
    };
    expect(() => layer.push("a")).toThrow("the page's");
    expect(() => layer.push("b")).toThrow("the page's");
    expect(read).toEqual(["a", "b"]);
  });
});
