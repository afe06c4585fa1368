import { describe, expect, it } from "vitest";
import { lookPrices, newPriceBook, recallPrices, type PricedItem } from "../../shared/price-book.ts";
import { below, pick, seededRandom } from "../../shared/random.ts";
import { ACTS, LINKS } from "../../shared/profile/observation.ts";
import { learn, look, lookInto, newProfile } from "../../shared/profile/profile.ts";
import { plainSnapshot, SNAPSHOT_FIGURES } from "../../shared/profile/snapshot.ts";
import { observation, plainUsual } from "../../shared/test-facts.ts";
import {
  answerPlaces,
  copyAnswer,
  newAnswers,
  packPrices,
  packRequests,
  unpackAnswers,
  unpackRequests,
  type RecallRequest,
  type WireRequests,
} from "./wire.ts";

const items: PricedItem[] = [
  { key: "EUR mug", priceLog: Math.log(4.95), quantity: 3 },
  { key: 'EUR "never" sold', priceLog: Math.log(1e9), quantity: 1 },
];

describe("the profile stores' wire form", () => {
  it("brings every request across, each with its own entities and items", () => {
    const seen = observation({ links: { card: "k-1" }, place: { latitude: 48, longitude: 11 }, visit: "s-1" });
    const requests: RecallRequest[] = [
      { seen, entities: ["customer:1", "ip:\u2028"], items },
      { seen: observation({ id: "evt_2", amountLog: null, units: 0 }), entities: [], items: null },
      { seen: observation({ id: "evt_3" }), entities: ["card:3"], items: [] },
      { seen: observation({ id: "evt_4" }), entities: ["card:4"], items: items.slice(1) },
    ];
    expect(unpackRequests(structuredClone(packRequests(requests)))).toEqual(requests);
  });

  it("brings across whatever an event may name, and whatever stands in it", () => {
    const random = seededRandom(23);
    const odd = ["", "a", '"', "\\", "\u0000", "\u2028", "ü", "😀", "null", "customer:1", "x".repeat(500)];
    const text = () => `${pick(random, odd)}${pick(random, odd)}`;
    for (let run = 0; run < 2_000; run++) {
      const requests = Array.from({ length: below(random, 4) }, (): RecallRequest => ({
        seen: {
          id: text(),
          atMs: Math.floor(random() * 2 ** 41),
          act: pick(random, ACTS),
          amountLog: random() < 0.3 ? null : 25 * random(),
          units: below(random, 1_000_000),
          links: Object.fromEntries(LINKS.filter(() => random() < 0.5).map((link) => [link, text()])),
          place: random() < 0.5 ? null : { latitude: 180 * random() - 90, longitude: 360 * random() - 180 },
          visit: random() < 0.5 ? null : text(),
        },
        entities: Array.from({ length: below(random, 6) }, text),
        items:
          random() < 0.5
            ? null
            : Array.from({ length: below(random, 5) }, () => ({ key: text(), priceLog: random(), quantity: random() })),
      }));
      expect(unpackRequests(structuredClone(packRequests(requests)))).toEqual(requests);
    }
  });

  it("refuses requests of another version, which an isolate may send while a deployment is under way", () => {
    const { texts, figures } = packRequests([{ seen: observation(), entities: [], items: null }]);
    const former = { text: "[]", items: new Float64Array() };
    expect(() => unpackRequests({ form: 99, texts, figures })).toThrow("form 3");
    expect(() => unpackRequests(former as unknown as WireRequests)).toThrow("form undefined"); // as it was before there were forms
  });

  it("brings everything that is known of prices back, and that nothing is known", () => {
    const book = newPriceBook();
    const requests: RecallRequest[] = [
      { seen: observation(), entities: [], items: items.slice(0, 1) },
      { seen: observation(), entities: [], items },
    ];
    const formerPrices = new Set<number | null>();
    // A price that stays is adopted, so that there is a former one; the orders before leave none.
    for (let order = 0; order < 60; order++) {
      const priceLog = order < 10 ? Math.log(4.95) : Math.log(49.5);
      recallPrices(book, [{ key: "EUR mug", priceLog, quantity: 1 + (order % 3) }]);
      const known = lookPrices(book, items);
      const answers = newAnswers(requests);
      answerPlaces(answers, requests).forEach((place, index) =>
        packPrices(place, known.slice(0, requests[index]?.items?.length)),
      );
      const [one, both] = unpackAnswers(structuredClone(answers), requests).map(({ prices }) =>
        prices.map((usual) => usual && plainUsual(usual)),
      );
      expect(both).toEqual(known.map((usual) => usual && plainUsual(usual)));
      expect(both?.[1]).toBeNull();
      expect(one).toEqual(both?.slice(0, 1));
      formerPrices.add(both?.[0]?.formerPriceLog ?? null);
    }
    expect(formerPrices.size).toBe(2);
  });

  it("brings everything that is known of profiles back, which links an event does not name, and what is answered again", () => {
    const profiles = [newProfile(), newProfile(), newProfile()];
    for (let order = 0; order < 30; order++) {
      const links = { customer: `c-${order % 3}`, ...(order % 2 === 0 ? { card: `k-${order}` } : { country: "DE" }) };
      const place = order % 3 === 0 ? null : { latitude: order, longitude: -order };
      const what = { atMs: order * 1_800_000, act: ACTS[order % ACTS.length] ?? "order", amountLog: order / 7 };
      const seen = observation({ ...what, links, place, units: order, visit: "s-1" });
      const requests: RecallRequest[] = [
        { seen, entities: ["email:1"], items: null },
        { seen, entities: ["email:2", "email:3"], items: [] },
      ];
      const answers = newAnswers(requests);
      const [first, second] = answerPlaces(answers, requests);
      const known = profiles.map((profile) => plainSnapshot(look(profile, "email", seen)));
      for (const [index, profile] of profiles.entries()) {
        // What was there before is written over.
        answers.profiles.fill(-7, index * SNAPSHOT_FIGURES, (index + 1) * SNAPSHOT_FIGURES);
        lookInto(answers.profiles, index * SNAPSHOT_FIGURES, profile, "email", seen);
        if (index < 1 + (order % 3)) learn(profile, "email", seen);
      }
      const across = unpackAnswers(structuredClone(answers), requests);
      expect(across.map((answer) => answer.profiles.map(plainSnapshot))).toEqual([known.slice(0, 1), known.slice(1)]);
      expect(JSON.stringify(across.flatMap((answer) => answer.profiles.map(plainSnapshot)))).not.toContain("-7");

      const again = newAnswers(requests.slice(1));
      const [place2] = answerPlaces(again, requests.slice(1));
      if (first === undefined || second === undefined || place2 === undefined) throw new Error("no places");
      copyAnswer(second, place2);
      expect(again.profiles).toEqual(answers.profiles.slice(SNAPSHOT_FIGURES));
    }
  });
});
