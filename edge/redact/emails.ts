import { ESCAPED_LETTER, PERCENT, WITHIN_ESCAPE } from "./escapes.ts";

/** What a text with an e-mail address in it contains. */
export const AT = `(?:@|${PERCENT}40)`;

const LOCAL_CHARACTER = `(?:${PERCENT}(?:27|2B|2D|2E|5F)|${ESCAPED_LETTER}|[\\p{L}\\p{M}\\p{N}._+'~-])`;
const LABEL = `(?:[\\p{L}\\p{M}\\p{N}-]|${ESCAPED_LETTER})+`;
const TOP_LEVEL = `(?:xn--[a-z0-9-]+|(?:[\\p{L}\\p{M}]|${ESCAPED_LETTER}){2,})`;
/** Pictures for dense screens are named like this: `shoe@2x.jpg`. */
const DENSITY = "\\d(?:\\.\\d)?x\\.";

/** Looked for by its @, with its first part read backwards from there: no text is gone through from each of its characters anew. */
const EMAIL = new RegExp(
  `${AT}(?<=(?<!${WITHIN_ESCAPE})(${LOCAL_CHARACTER}+)${AT})(?!${DENSITY})(?:${LABEL}\\.)+${TOP_LEVEL}`,
  "giu",
);

/** Put in place of an e-mail: never longer than it, and the shortest is `a@b`. */
export function emailMask(email: string): string {
  const mask = "[email]";
  return mask.length <= email.length ? mask : "[@]";
}

export function withoutEmails(text: string): string {
  const kept: string[] = [];
  let end = 0;
  for (const match of text.matchAll(EMAIL)) {
    const start = Math.max(end, match.index - (match[1] ?? "").length);
    const next = match.index + match[0].length;
    kept.push(text.slice(end, start), emailMask(text.slice(start, next)));
    end = next;
  }
  if (kept.length === 0) return text;
  kept.push(text.slice(end));
  return kept.join(""); // a text put together by + would be written as JSON in twice the time
}
