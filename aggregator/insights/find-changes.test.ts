import { describe, expect, it } from "vitest";
import { seededRandom } from "../../shared/random.ts";
import { FALSE_RATE, findChanges } from "./find-changes.ts";
import { baselineAfter, drawScopes, type Planted } from "./test-windows.ts";

const SHOP = { orders: 400, wander: 0.08, valueSpread: 0.8 };

/** What is found in one window of the shop. */
function found(days: number, planted: Record<string, Planted>, seed: number, shop = SHOP) {
  const baseline = baselineAfter(days);
  return findChanges(drawScopes(seededRandom(seed), baseline.occasions.length + 1, shop, planted), baseline);
}

const named = (changes: ReturnType<typeof findChanges>) =>
  changes.map(({ metric, dimension, member, side }) => [metric, dimension, member, side].filter(Boolean).join(" "));

describe("findChanges", () => {
  it.each([
    { kind: "hour_of_week", days: 70, orders: 12, wander: 0, valueSpread: 1, windows: 300 },
    { kind: "hour_of_week", days: 70, orders: 300, wander: 0.15, valueSpread: 0.8, windows: 150 },
    { kind: "hour_of_week", days: 24, orders: 60, wander: 0.08, valueSpread: 1, windows: 250 },
    { kind: "hour_of_day", days: 10, orders: 60, wander: 0.08, valueSpread: 0.8, windows: 250 },
    { kind: "day_before", days: 2.5, orders: 60, wander: 0.08, valueSpread: 0.8, windows: 300 },
  ])(
    "tells a change in at most 2 % of windows in which there is none ($kind, $orders orders, whole windows $wander apart)",
    ({ kind, days, windows, ...shop }) => {
      const baseline = baselineAfter(days);
      expect(baseline.kind).toBe(kind);
      const random = seededRandom(5);
      let told = 0;
      for (let window = 0; window < windows; window++) {
        const scopes = drawScopes(random, baseline.occasions.length + 1, shop);
        if (findChanges(scopes, baseline).length > 0) told++;
      }
      expect(told / windows).toBeLessThanOrEqual(FALSE_RATE);
    },
  );

  it("finds an outage of one country's checkout in that country, in what is ordered there and not in who comes", () => {
    for (const seed of [1, 2, 3]) {
      const changes = named(found(70, { FR: { conversion: 0.1 } }, seed));
      expect(changes).toEqual(expect.arrayContaining(["orders country FR down", "conversion country FR down"]));
      expect(changes.filter((name) => name.includes("sessions") || name.includes("country DE"))).toEqual([]);
    }
  });

  it("finds a campaign by who comes", () => {
    const changes = named(found(70, { DE: { sessions: 2.5 } }, 4));
    expect(changes).toEqual(expect.arrayContaining(["sessions country DE up", "sessions all up"]));
    expect(changes.filter((name) => name.startsWith("conversion"))).toEqual([]);
  });

  it("finds a category's price, and payments that are declined", () => {
    expect(named(found(70, { hats: { price: 0.3 } }, 5))).toContain("piece_price category hats down");
    expect(named(found(70, { AT: { declines: 12 } }, 6))).toEqual(
      expect.arrayContaining(["decline_rate country AT up"]),
    );
  });

  it("finds an outage against the day before alone, when it is nearly total", () => {
    const all = {
      DE: { conversion: 0.02 },
      FR: { conversion: 0.02 },
      AT: { conversion: 0.02 },
      LI: { conversion: 0.02 },
    };
    expect(named(found(2.5, all, 7))).toContain("orders all down");
  });

  it("is silent without anything to compare with", () => {
    expect(found(1.5, { FR: { conversion: 0 } }, 8)).toEqual([]);
    expect(findChanges([], baselineAfter(70))).toEqual([]);
  });

  it("tells no change that the calendar explains", () => {
    const baseline = baselineAfter(70);
    const busy = { DE: { sessions: 3 }, FR: { sessions: 3 }, AT: { sessions: 3 }, LI: { sessions: 3 } };
    const scopes = drawScopes(seededRandom(9), baseline.occasions.length + 1, SHOP, busy);
    const ofVisits = (changes: ReturnType<typeof findChanges>) =>
      changes.filter(({ metric, dimension }) => metric === "sessions" && dimension === "all");
    expect(ofVisits(findChanges(scopes, baseline))).toHaveLength(1);
    expect(findChanges(scopes, baseline, { factor: 1, held: ["up"] }).filter(({ side }) => side === "up")).toEqual([]);
    expect(ofVisits(findChanges(scopes, baseline, { factor: 3, held: [] }))).toEqual([]);
  });
});
