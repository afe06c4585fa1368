import { describe, expect, it } from "vitest";
import { labelOf, type LabelSaid } from "./precedence.ts";

/** `analyst:fraud@3` is an analyst's word at the time 3; without a label it is null. */
function parsed(text: string): LabelSaid {
  const [, source, label, at] = /^(\w+?)(?::(fraud|legitimate))?@(\d+)$/.exec(text) ?? [];
  return { source: source as LabelSaid["source"], label: (label ?? null) as LabelSaid["label"], atMs: Number(at) }; // written below
}

describe("labelOf", () => {
  it.each([
    { said: [], label: null, because: "nobody said anything" },
    { said: ["analyst:fraud@1"], label: "fraud", because: "a person said so" },
    { said: ["feedback:legitimate@1"], label: "legitimate", because: "a verdict is a person's word" },
    { said: ["analyst:fraud@1", "analyst:legitimate@2"], label: "legitimate", because: "the later word holds" },
    {
      said: ["feedback:legitimate@1", "analyst:fraud@2"],
      label: "fraud",
      because: "also across the two ways to say it",
    },
    { said: ["analyst:fraud@1", "analyst@2"], label: null, because: "it was taken back" },
    { said: ["analyst:fraud@2", "analyst:legitimate@1"], label: "legitimate", because: "people count as recorded" },
    { said: ["chargeback:fraud@1"], label: "fraud", because: "the bank said so" },
    { said: ["chargeback@1"], label: null, because: "goods that did not come are no fraud" },
    { said: ["refund:fraud@1"], label: "fraud", because: "the shop refunded it for that" },
    { said: ["chargeback:fraud@1", "chargeback_reversed@2"], label: null, because: "the dispute was won" },
    { said: ["chargeback_reversed@2", "chargeback:fraud@1"], label: null, because: "they came in the other order" },
    {
      said: ["chargeback:fraud@1", "chargeback_reversed@2", "chargeback:fraud@3"],
      label: "fraud",
      because: "it was disputed again",
    },
    { said: ["chargeback:fraud@1", "chargeback@2"], label: "fraud", because: "another reason takes nothing back" },
    {
      said: ["chargeback:fraud@1", "refund:fraud@1", "chargeback_reversed@2"],
      label: "fraud",
      because: "a won dispute does not speak for the refund",
    },
    {
      said: ["analyst:legitimate@1", "chargeback:fraud@9"],
      label: "legitimate",
      because: "a person's word beats the bank's, whenever it comes",
    },
    {
      said: ["analyst:fraud@1", "chargeback_reversed@9"],
      label: "fraud",
      because: "a won dispute is no person's word",
    },
    {
      said: ["chargeback:fraud@1", "analyst:legitimate@2", "analyst@3"],
      label: "fraud",
      because: "what a person takes back leaves what the bank said",
    },
  ] as const)("makes $label of $said: $because", ({ said, label }) => {
    expect(labelOf(said.map(parsed))).toBe(label);
  });
});
