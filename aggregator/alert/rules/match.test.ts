import { describe, expect, it } from "vitest";
import { matches } from "./match.ts";
import type { Conditions, Found } from "./rule.ts";
import { foundAnomaly } from "./test-found.ts";

describe("matches", () => {
  it.each<{ conditions: Conditions; found?: Partial<Found>; is: boolean; because: string }>([
    { conditions: {}, is: true, because: "nothing is asked for" },
    { conditions: { names: ["login", "purchase"] }, is: true, because: "its name is one of them" },
    { conditions: { names: ["login"] }, is: false, because: "it has another name" },
    { conditions: { min_score: 0.9 }, is: true, because: "its score is exactly that" },
    {
      conditions: { min_score: 0.9 },
      found: { score: Math.fround(0.9) },
      is: true,
      because: "a kept score is rounded",
    },
    {
      conditions: { min_score: Math.fround(0.1) },
      found: { score: 0.1 },
      is: true,
      because: "a kept score is shortened",
    },
    { conditions: { min_score: 0.91 }, is: false, because: "its score is lower" },
    { conditions: { min_value: { EUR: 49.9 } }, is: true, because: "it is worth exactly that" },
    { conditions: { min_value: { EUR: 50 } }, is: false, because: "it is worth less" },
    { conditions: { min_value: { USD: 1 } }, is: false, because: "amounts of two currencies are never compared" },
    { conditions: { min_value: { USD: 1, EUR: 1 } }, is: true, because: "its currency is one of them" },
    { conditions: { min_value: { EUR: 0 } }, found: { value: null }, is: false, because: "it has no value" },
    { conditions: { countries: ["FR", "DE"] }, is: true, because: "it came from one of them" },
    {
      conditions: { countries: ["DE"] },
      found: { country: null },
      is: false,
      because: "nobody knows from where it came",
    },
    { conditions: { reasons: ["velocity"] }, is: true, because: "that is its reason" },
    {
      conditions: { reasons: ["b"] },
      found: { reasons: ["a", "b"].map((code) => ({ code, detail: "" })) },
      is: true,
      because: "any of its reasons counts",
    },
    { conditions: { reasons: ["velocity"] }, found: { reasons: [] }, is: false, because: "it has no reason" },
    { conditions: { min_signals: { model: 0.8, rules: 0.9 } }, is: true, because: "both are exactly that" },
    { conditions: { min_signals: { model: 0.8, rules: 0.91 } }, is: false, because: "one is lower" },
    { conditions: { min_signals: { client_model: 0 } }, is: false, because: "no such model has scored it" },
    { conditions: { names: ["purchase"], min_score: 0.95 }, is: false, because: "all that is given must hold" },
  ])("is $is of $conditions, because $because", ({ conditions, found, is }) => {
    expect(matches(conditions, foundAnomaly({ id: "1", ...found }))).toBe(is);
  });
});
