import { describe, expect, it } from "vitest";
import { BARE } from "./draft.ts";
import type { Draft } from "./finding.ts";
import { ranked } from "./rank.ts";

function draft(id: string, over: Partial<Draft> = {}): Draft {
  return {
    ...BARE,
    id,
    kind: "metric_change",
    severity: "warning",
    title: { text: id, figures: [] },
    sentences: [],
    figures: {},
    evidence: { test: "against_history", p: 1e-6, occasions: 8 },
    ...over,
  };
}
const cost = (amount: number) => ({ amount, currency: "EUR", basis: "test" });
const order = (...drafts: Draft[]) => ranked(drafts, 10_000).map(({ id }) => id);

describe("ranked", () => {
  it("puts what is worse first, whatever it costs", () => {
    expect(
      order(draft("info", { severity: "info", cost: cost(9_000) }), draft("critical", { severity: "critical" })),
    ).toEqual(["critical", "info"]);
  });

  it("puts what costs more first of what is as bad, gains as well as losses", () => {
    expect(
      order(draft("a", { cost: cost(100) }), draft("b", { cost: cost(5_000) }), draft("c", { cost: cost(-2_000) })),
    ).toEqual(["b", "c", "a"]);
  });

  it("puts what is surer first of what costs the same", () => {
    const evidence = (p: number | null) => ({ test: "against_history" as const, p, occasions: 8 });
    expect(
      order(
        draft("a", { evidence: evidence(0.01) }),
        draft("b", { evidence: evidence(1e-9) }),
        draft("c", { evidence: evidence(null) }),
      ),
    ).toEqual(["c", "b", "a"]);
  });

  it("is the same whatever order they come in, also without anything usual to hold costs against", () => {
    const drafts = [draft("a", { cost: cost(10) }), draft("b", { cost: cost(10) }), draft("c", { cost: cost(20) })];
    for (const usual of [0, 10_000]) {
      expect(ranked(drafts, usual).map(({ id }) => id)).toEqual(["c", "a", "b"]);
      expect(ranked(drafts.toReversed(), usual).map(({ id }) => id)).toEqual(["c", "a", "b"]);
    }
  });
});
