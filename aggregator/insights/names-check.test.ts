import { describe, expect, it } from "vitest";
import { strangeWords } from "./names-check.ts";

const OWN =
  "Orders from France are 59 % below the usual There were 28 orders from France in the 24 hours to Sat 21 Nov 10:00 UTC, 59 % below the usual 68. About 3,524 EUR are missing.";
const KNOWN = ["France", "FR", "Germany", "DE", "hats", "mobile"];

describe("strangeWords", () => {
  it.each([
    "France had 28 orders, 59 % below the usual 68. About 3,524 EUR are missing.",
    "In the 24 hours to Sat 21 Nov 10:00 UTC only 28 orders came from France.",
    "Fewer orders came from France. Usually there are 68.",
  ])("finds none in: %s", (text) => {
    expect(strangeWords(text, OWN, KNOWN)).toEqual([]);
  });

  it.each([
    { text: "Orders from Germany are 59 % below the usual.", because: "another country" },
    { text: "Orders of hats from France are 59 % below the usual.", because: "another category" },
    { text: "Germany had 28 orders.", because: "another country at the beginning" },
    { text: "Orders from France are missing, said Reuters.", because: "a name from nowhere" },
    { text: "Orders from FRANCE fell in DE.", because: "a code of another country" },
    { text: "Orders from France rose by 59 %.", because: "the other direction" },
    { text: "See https://evil.example for orders from France.", because: "an address" },
    { text: "**Orders** from France", because: "markup" },
    { text: "Stripe refuses orders from France.", because: "a name at the beginning" },
  ])("refuses “$text”: $because", ({ text }) => {
    expect(strangeWords(text, OWN, KNOWN)).not.toEqual([]);
  });

  it("knows payments that are declined from figures that decline", () => {
    const own = "21 % of the payments were declined, 3 times the usual 7 %.";
    expect(strangeWords("21 % of the payments were declined, 3 times the usual 7 %.", own, [])).toEqual([]);
    expect(strangeWords("21 % of the payments were lower than the usual 7 %.", own, [])).toEqual(["lower"]);
  });
});
