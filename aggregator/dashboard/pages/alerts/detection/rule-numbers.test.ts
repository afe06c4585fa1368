import { expect, it } from "vitest";
import { RuleSettings } from "../../../../../shared/rules/settings.ts";
import { RULE_NUMBERS } from "./rule-numbers.ts";

it("offers every number of the named rules, with what holds when it is not set", () => {
  const written = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const settings = Object.entries(RuleSettings.parse({})).map(([name, usual]) => `${written(name)} ${usual}`);
  const offered = RULE_NUMBERS.flatMap(({ numbers }) => numbers.map(({ name, usual }) => `${name} ${usual}`));
  expect(new Set(offered)).toEqual(new Set(settings));
});
