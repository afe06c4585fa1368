import { expect } from "vitest";
import type { Draft } from "./finding.ts";
import { unfoundedNumbers } from "./numbers-check.ts";
import { memberName } from "./words.ts";

/** What every finding keeps to: its numbers are figures that it names, and its sentences are sentences. */
export function expectProse({ id, title, sentences, figures, segments }: Draft): void {
  const names = segments.flatMap(({ dimension, member }) => [member, memberName(dimension, member)]);
  for (const { text, figures: named } of [title, ...sentences]) {
    const own = Object.fromEntries(
      named.flatMap((name) => (figures[name] === undefined ? [] : [[name, figures[name]]])),
    );
    expect({ id, text, unfounded: unfoundedNumbers(text, { figures: own, names }) }).toEqual({
      id,
      text,
      unfounded: [],
    });
    expect(named.filter((name) => figures[name] === undefined)).toEqual([]);
    expect(text).not.toMatch(/NaN|undefined|null|Infinity| {2}|\( |\(\)| [.,;]|sigma|p-value/);
  }
  for (const { text } of sentences) expect(text).toMatch(/^[\p{L}\p{N}].*\.$/su);
  expect(title.text).not.toMatch(/\.$/);
}
