import { describe, expect, it } from "vitest";
import { Event } from "../../shared/event.ts";
import { translate } from "../../shared/vocabulary/translate.ts";
import { toEventText, withIds, type Facts } from "./event-text.ts";
import { newFields } from "./json.ts";

const IDS = {
  id: "0123456789abcdef0123456789abcdef",
  client_id: "c".repeat(32),
  session_id: "s".repeat(32),
  timestamp: "2026-11-21T10:00:00.000Z",
};
const FACTS: Facts = {
  context: {
    page: { url: "https://shop.example/", referrer: "", title: "" },
    locale: "de",
    screen: { width: 1, height: 2 },
  },
  signals: { on_page_ms: 5, webdriver: false },
};

/** The event as the edge reads it. */
function atEdge(name: string, params: object) {
  const translated = translate(JSON.parse(withIds(toEventText(name, newFields(params), FACTS), IDS)), "publishable");
  return Event.parse(translated.kind === "event" ? translated.event : null);
}

describe("toEventText", () => {
  it("is an event as the edge takes it", () => {
    expect(atEdge("add_to_cart", { value: 5, currency: "EUR", color: "red", user_id: "u1" })).toEqual({
      ...IDS,
      name: "add_to_cart",
      user_id: "u1",
      value: 5,
      currency: "EUR",
      context: FACTS.context,
      properties: { color: "red", _signals: { on_page_ms: 5, webdriver: false } },
    });
  });

  it("leaves the mapping of Segment's names to the edge, which knows who, where and when all the same", () => {
    const order = {
      order_id: "T-1",
      revenue: 20,
      currency: "EUR",
      products: [{ product_id: "p", price: 20 }],
      user_id: "u1",
    };
    expect(atEdge("Order Completed", order)).toMatchObject({
      ...IDS,
      name: "purchase",
      transaction_id: "T-1",
      value: 20,
      user_id: "u1",
      items: [{ item_id: "p", price: 20 }],
      context: { page: { url: "https://shop.example/" }, locale: "de", screen: { width: 1, height: 2 } },
      properties: { _signals: { on_page_ms: 5 } },
    });
  });
});
