import type { Body, RowOf } from "../../../api/client.ts";
import { codeWords, countryName, moneyWords, spanWords } from "../../../parts/words.ts";

export type Rule = RowOf<"/v1/alert-rules">;
export type RuleBody = Body<"post", "/v1/alert-rules">;
type Conditions = Rule["conditions"];

/** What a rule asks for, as parts of a sentence; none for a rule that takes every anomaly. */
export function conditionWords({ names, min_score, min_value, countries, reasons, min_signals }: Conditions): string[] {
  const words: string[] = [];
  if (names !== undefined) words.push(names.map(codeWords).join(" or "));
  if (min_score !== undefined) words.push(`score from ${min_score}`);
  if (min_value !== undefined) {
    const amounts = Object.entries(min_value).map(([currency, value]) => moneyWords(value, currency));
    words.push(`worth ${amounts.join(" or ")} and more`);
  }
  if (countries !== undefined) words.push(`from ${countries.map(countryName).join(" or ")}`);
  if (reasons !== undefined) words.push(`for ${reasons.map((reason) => codeWords(reason).toLowerCase()).join(" or ")}`);
  for (const [signal, least] of Object.entries(min_signals ?? {})) words.push(`${signalWords(signal)} from ${least}`);
  return words;
}

export function signalWords(signal: string): string {
  return signal === "client_model" ? "learned from verdicts" : signal === "rules" ? "named rules" : "model";
}

/** How a rule keeps alerts few, in a line. */
export function groupingWords({
  group_by,
  group_seconds,
  cool_down_seconds,
  alerts_per_hour,
}: Pick<Rule, "group_by" | "group_seconds" | "cool_down_seconds" | "alerts_per_hour">): string {
  const alike = group_by === "entity" ? "of one customer, device or card" : "for one reason";
  const grouped =
    group_seconds === 0 ? "each anomaly by itself" : `one alert ${alike} within ${spanWords(group_seconds * 1000)}`;
  const cooled = cool_down_seconds === 0 ? "" : `, then quiet for ${spanWords(cool_down_seconds * 1000)}`;
  return `${grouped}${cooled}, at most ${alerts_per_hour} an hour`;
}
