/** The colours of a tile, as `#rrggbb`. */
export interface Colours {
  ground: string;
  body: string;
  trim: string;
  light: string;
  dark: string;
}

const LIGHT = "#fffaf0";
const DARK = "#3a3330";

const scheme = (ground: string, body: string, trim: string, light = LIGHT): Colours => ({
  ground,
  body,
  trim,
  light,
  dark: DARK,
});

/** By a word of the name that says how the product looks: the first that matches. */
const NAMED: readonly [words: RegExp, colours: Colours][] = [
  [/\bred\b|reds|strawberry|chilli|love/, scheme("#f7e2cf", "#c6453b", "#f0b9a0")],
  [/pink|roses|rose\b|princess|dolly/, scheme("#f1e6e4", "#df8aa2", "#8fa889")],
  [/\bblue\b|sky|harmonica/, scheme("#e3ead9", "#4f7ea8", "#e5b567")],
  [/green|apple|pear|tree|holly|leaf/, scheme("#f3e6c8", "#6b9566", "#c9604b")],
  [/yellow|chick|gumball/, scheme("#dfe7e3", "#e2b04a", "#6f8fa0")],
  [/black|skull|slate/, scheme("#e9ddcb", "#4a4542", "#c6863f")],
  [/chocolate|woolly/, scheme("#efe0cb", "#7a5340", "#d9a67a")],
  [/silver|zinc|grey|metal|glass/, scheme("#dbe2e4", "#8f9aa1", "#d8a25e")],
  [/ivory|white|cream|doily/, scheme("#b9c6b4", "#f6eedd", "#c98a76", "#ffffff")],
  [/wicker|wood|natural|rustic|gingerbread|doormat/, scheme("#dfe6d8", "#c0905c", "#a3553f")],
];

/** For names that say nothing of it. */
const OTHERS: readonly Colours[] = [
  scheme("#f6e4cf", "#c9604b", "#5f8a86"),
  scheme("#dfe9e4", "#4d8585", "#e3ac5b"),
  scheme("#ece3ee", "#866090", "#dba24f"),
  scheme("#f2e7c9", "#5d7fa3", "#d2694f"),
  scheme("#e4e9d6", "#8a9a4d", "#c9604b"),
  scheme("#f4ddd6", "#d98a5b", "#50737f"),
];

/** @param seed chooses where the name does not */
export function coloursFor(name: string, seed: number): Colours {
  const words = name.toLowerCase();
  const named = NAMED.find(([wanted]) => wanted.test(words))?.[1];
  return named ?? (OTHERS[seed % OTHERS.length] as Colours); // within the list
}
