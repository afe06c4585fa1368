import { describe, expect, it } from "vitest";
import { examine } from "../shared/assess.ts";
import { FEATURE_NAMES, featureVector } from "../shared/features/features.ts";
import { Verdict } from "../shared/message.ts";
import { RuleSettings } from "../shared/rules/settings.ts";
import { facts, observation, regular } from "../shared/test-facts.ts";
import { constantScorer } from "./test-edge.ts";
import { Verdicts, writeVerdict, type Look } from "./verdicts.ts";

const SETTINGS = { threshold: 0.7, rules: RuleSettings.parse({}) };

/** An order as it is judged; its vector is in row 0. */
function look(changes: Parameters<typeof facts>[0] = {}): Look {
  const examinedFacts = facts(changes);
  return { row: 0, examined: examine(examinedFacts, featureVector(examinedFacts), SETTINGS.rules) };
}

async function verdicts() {
  return new Verdicts(await constantScorer().score(new Float32Array(FEATURE_NAMES.length), ["order"]), SETTINGS);
}

/** Of a page view nothing is to be told. */
const view = { event: { name: "page_view" }, seen: observation({ act: "view", amountLog: null }) };

describe("Verdicts", () => {
  it("judges events that look the same once", async () => {
    const all = await verdicts();
    const first = all.of(look(view), [], null);
    expect(first.assessment.reasons).toEqual([]);
    expect(all.of(look(view), [], null)).toBe(first);
  });

  it.each([
    {
      what: "history, which confidence comes from",
      of: look({ ...view, subject: { kind: "customer", before: regular({ orders: 3 }) } }),
    },
    { what: "parts that were missing", of: look(view), degraded: ["profile:ip"] },
    {
      what: "place on a list",
      of: look(view),
      listed: { list: "allow", entryId: "lst_1", kind: "customer", words: "customer u-1" } as const,
    },
  ])("judges an event by itself that differs in its $what", async ({ of, degraded = [], listed = null }) => {
    const all = await verdicts();
    const first = all.of(look(view), [], null);
    const own = all.of(of, degraded, listed);
    expect(own).not.toBe(first);
    expect(own.text).toBe((await verdicts()).of(of, degraded, listed).text);
    expect(all.of(look(view), [], null)).toBe(first);
  });

  it("tells the reasons of each in its own words, though they look the same", async () => {
    const all = await verdicts();
    const detailOf = (currency: string) =>
      all.of(look({ event: { value: 50, currency } }), [], null).assessment.reasons[0]?.detail;
    expect(detailOf("EUR")).toContain("EUR");
    expect(detailOf("CHF")).toContain("CHF");
  });
});

describe("a written verdict", () => {
  it("is a verdict as JSON, and of it the assessment", async () => {
    const { text, assessment, assessmentText } = (await verdicts()).of(look(), [], null);
    const verdict: unknown = JSON.parse(text);
    expect(Verdict.parse(verdict)).toEqual(verdict);
    expect(verdict).toMatchObject({ assessment });
    expect(JSON.parse(assessmentText)).toEqual(assessment);
    expect(writeVerdict(Verdict.parse(verdict)).text).toBe(text);
  });
});
