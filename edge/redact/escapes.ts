/** A percent sign in a URL; in that of a URL within another's query it is escaped again. */
export const PERCENT = "%(?:25){0,3}";

/** A byte of a letter beyond ASCII. */
export const ESCAPED_LETTER = `${PERCENT}[89A-F][0-9A-F]`;

/** Behind one, and before what is looked for, an escape is not finished. */
export const WITHIN_ESCAPE = `${PERCENT}[0-9A-F]?`;

/** Where `first` stands and something may begin: after an escape; otherwise not within one, nor after any of `others`. */
export function beginning(first: string, others: string): string {
  return `(?=${first})(?:(?<=${PERCENT}(?!25)[0-9A-F]{2})|(?<!${WITHIN_ESCAPE}|${others}))`;
}
