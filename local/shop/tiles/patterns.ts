import type { Colours } from "./colours.ts";

/** What is printed on a product: a square that repeats, by a word of the name; the first that matches. */
const PATTERNS: readonly [words: RegExp, size: number, print: (colours: Colours) => string][] = [
  [
    /spot|polkadot/,
    18,
    ({ light }) =>
      `<circle cx="4.5" cy="4.5" r="3.6" fill="${light}"/><circle cx="13.5" cy="13.5" r="3.6" fill="${light}"/>`,
  ],
  [
    /paisley|doily|rose|regency|leaf|pantry|woodland|apple|pear|suki|botanique|gardenia|baroque/,
    26,
    ({ light, trim }) =>
      `<g fill="${light}"><circle cx="8" cy="4" r="2.6"/><circle cx="12" cy="8" r="2.6"/><circle cx="8" cy="12" r="2.6"/><circle cx="4" cy="8" r="2.6"/></g><circle cx="8" cy="8" r="2.4" fill="${trim}"/><path d="M18 22q0-6 6-6 0 6-6 6z" fill="${light}"/>`,
  ],
  [
    /gingham|jubilee|union|alphabet|rustic/,
    16,
    ({ light }) => `<path d="M0 0h8v16H0zM0 0h16v8H0z" fill="${light}" fill-opacity=".32"/>`,
  ],
  [
    /spaceboy|star|skull|circus|strongman/,
    28,
    ({ light }) =>
      `<path d="m8 2 2 4 4 .6-3 3 .8 4.4L8 12l-3.8 2L5 9.6l-3-3L6 6z" fill="${light}"/><circle cx="21" cy="20" r="2" fill="${light}"/>`,
  ],
  [
    /christmas|scandinavian|jingle|reindeer/,
    24,
    ({ light }) =>
      `<path d="M7 2v10M2.7 4.5l8.6 5m0-5-8.6 5" stroke="${light}" stroke-width="1.6" stroke-linecap="round"/><circle cx="18" cy="18" r="1.8" fill="${light}"/>`,
  ],
  [
    /wicker|basket/,
    12,
    ({ dark }) => `<path d="M0 3h6M6 9h6M3 0v6M9 6v6" stroke="${dark}" stroke-opacity=".28" stroke-width="2"/>`,
  ],
  [/50's|stripe|vintage|traditional/, 14, ({ light }) => `<path d="M0 0h6v14H0z" fill="${light}" fill-opacity=".38"/>`],
];

/** The contents of a repeating square on the body's colour, and its side; null for a plain product. */
export function patternFor(name: string, colours: Colours): { size: number; print: string } | null {
  const words = name.toLowerCase();
  const found = PATTERNS.find(([wanted]) => wanted.test(words));
  if (found === undefined) return null;
  const [, size, print] = found;
  return { size, print: `<path d="M0 0h${size}v${size}H0z" fill="${colours.body}"/>${print(colours)}` };
}
