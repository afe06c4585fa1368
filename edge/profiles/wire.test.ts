import { describe, expect, it } from "vitest";
import { lookPrices, newPriceBook, recallPrices, type PricedItem } from "../../shared/price-book.ts";
import { ACTS } from "../../shared/profile/observation.ts";
import { newProfile, recall, type Snapshot } from "../../shared/profile/profile.ts";
import { observation } from "../../shared/test-facts.ts";
import { packPrices, packProfiles, packRequest, unpackAnswer, unpackItems } from "./wire.ts";

const items: PricedItem[] = [
  { key: "EUR mug", priceLog: Math.log(4.95), quantity: 3 },
  { key: "EUR never sold", priceLog: Math.log(1e9), quantity: 1 },
];

describe("the profile stores' wire form", () => {
  it("brings every figure of an order's lines across", () => {
    const seen = observation({ links: { card: "k-1" }, place: { latitude: 48, longitude: 11 }, visit: "s-1" });
    const packed = packRequest({ seen, entities: ["customer:1"], items });
    expect(packed).toMatchObject({ seen, entities: ["customer:1"] });
    expect(packed.items === null ? null : unpackItems(packed.items)).toEqual(items);
    expect(packRequest({ seen, entities: [], items: null }).items).toBeNull();
  });

  it("brings everything that is known of prices back, and that nothing is known", () => {
    const book = newPriceBook();
    // A price that stays is adopted, so that there is a former one; the orders before leave none.
    for (let order = 0; order < 60; order++) {
      const priceLog = order < 10 ? Math.log(4.95) : Math.log(49.5);
      recallPrices(book, [{ key: "EUR mug", priceLog, quantity: 1 + (order % 3) }]);
      const known = lookPrices(book, items);
      expect(unpackAnswer({ profiles: new Float64Array(), prices: packPrices(known), repeated: false }).prices).toEqual(
        known,
      );
      expect(known[1]).toBeNull();
    }
    // So the last ones had a former price, and the first had none.
    expect(book.items.get("EUR mug")?.formerPriceLog).toBeTypeOf("number");
  });

  it("brings everything that is known of profiles back, and which links an event does not name", () => {
    const profile = newProfile();
    const known: Snapshot[] = [];
    for (let order = 0; order < 30; order++) {
      const links = { customer: `c-${order % 3}`, ...(order % 2 === 0 ? { card: `k-${order}` } : { country: "DE" }) };
      const place = order % 3 === 0 ? null : { latitude: order, longitude: -order };
      const seen = { atMs: order * 1_800_000, act: ACTS[order % ACTS.length] ?? "order", amountLog: order / 7 };
      known.push(recall(profile, "email", observation({ ...seen, links, place, units: order, visit: "s-1" })));
    }
    // Unequal figures, so that none can stand for another.
    expect(known.at(-1)).toMatchObject({ orders: 3, refunds30d: 3, movedKm: expect.any(Number) });
    const packed = packProfiles(known);
    expect(unpackAnswer({ profiles: packed, prices: new Float64Array(), repeated: true })).toEqual({
      profiles: known,
      prices: [],
      repeated: true,
    });
  });
});
