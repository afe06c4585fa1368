import { readFileSync } from "node:fs";
import { setImmediate as settled } from "node:timers/promises";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { Event } from "../shared/event.ts";
import { translate } from "../shared/vocabulary/translate.ts";

const SOURCE = readFileSync(new URL("../edge/snippet/shopify-pixel.js", import.meta.url), "utf8");

interface Batch {
  key: string;
  sent_at: string;
  events: Record<string, unknown>[];
}

/** Runs the pixel as Shopify's sandbox does. `answer` gives the status of each request, or throws. */
function run(answer: (count: number) => number = () => 200) {
  const batches: Batch[] = [];
  const timers: { run: () => void; afterMs: number }[] = [];
  let publish: (event: unknown) => void = () => {};
  runInNewContext(SOURCE, {
    analytics: { subscribe: (_name: "all_events", callback: typeof publish) => (publish = callback) },
    setTimeout: (callback: () => void, afterMs: number) => timers.push({ run: callback, afterMs }),
    fetch: async (url: string, init: { method: string; body: string; keepalive: boolean }) => {
      expect([url, init.method, init.keepalive]).toEqual(["https://edge.example/v1/events/batch", "POST", true]);
      batches.push(JSON.parse(init.body) as Batch);
      return { status: answer(batches.length) };
    },
  });
  return { publish: (event: unknown) => publish(event), batches, timers };
}

const PERSON = { firstName: "Ann", lastName: "Arbor", phone: "+491700000", address1: "Side Street 1" };
const COMPLETED = {
  id: "sh-f3b2c4d1-77E5-4D87",
  name: "checkout_completed",
  type: "standard",
  clientId: "client-1",
  timestamp: "2026-11-21T10:00:00.000Z",
  context: { document: { location: { href: "https://shop.example/thanks" }, referrer: "", title: "Thanks" } },
  data: {
    checkout: {
      currencyCode: "EUR",
      email: "ann@mail.example",
      phone: "+491700000",
      attributes: [{ key: "gift note", value: "For Bob" }],
      billingAddress: { ...PERSON, countryCode: "DE", zip: "10115" },
      order: { id: "5554" },
      subtotalPrice: { amount: 20, currencyCode: "EUR" },
      lineItems: [
        { id: "l1", title: "Mug", quantity: 2, variant: { id: "v1", price: { amount: 10 } }, properties: [] },
      ],
    },
  },
};

describe("the pixel for Shopify", () => {
  it("sends an order that the edge takes as a purchase", () => {
    const { publish, batches } = run();
    publish(COMPLETED);
    const [batch] = batches;
    expect(batch?.key).toBe("pk_…");
    const translated = translate(batch?.events[0], "publishable");
    expect(Event.parse(translated.kind === "event" ? translated.event : null)).toMatchObject({
      id: COMPLETED.id,
      name: "purchase",
      transaction_id: "5554",
      value: 20,
      items: [{ item_id: "v1", price: 10, quantity: 2 }],
      billing_address: { country: "DE", postal_code: "10115" },
    });
  });

  it("sends no name, phone, street or note, though the checkout has them", () => {
    const { publish, batches } = run();
    publish(COMPLETED);
    const sent = JSON.stringify(batches);
    for (const secret of ["Ann", "Arbor", "+4917", "Side Street", "For Bob"]) expect(sent).not.toContain(secret);
  });

  it("leaves out what is about the page's elements, which may hold what was typed", () => {
    const { publish, batches } = run();
    publish({ id: "dom-00001", name: "input_changed", type: "dom", data: { element: { value: "4242" } } });
    expect(batches).toEqual([]);
  });

  it.each([
    { answer: () => 503, because: "the edge is away" },
    { answer: () => 429, because: "it asks to wait" },
    {
      answer: () => {
        throw new TypeError("offline");
      },
      because: "there is no network",
    },
  ])("sends an event again, under its id and up to five times: $because", async ({ answer }) => {
    const { publish, batches, timers } = run(answer);
    publish(COMPLETED);
    const pauses: number[] = [];
    for (;;) {
      await settled();
      const timer = timers.shift();
      if (timer === undefined) break;
      pauses.push(timer.afterMs);
      timer.run();
    }
    expect(pauses).toEqual([2_000, 4_000, 8_000, 16_000]);
    expect(batches.map(({ events }) => events[0]?.["id"])).toEqual(Array.from({ length: 5 }, () => COMPLETED.id));
  });

  it("does not send again what the edge refuses, as it would refuse it again", async () => {
    const { publish, timers } = run(() => 422);
    publish(COMPLETED);
    await settled();
    expect(timers).toEqual([]);
  });
});
