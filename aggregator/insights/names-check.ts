/**
 * Words of a text that may name what a finding does not speak of: names of other members, words with capitals that our own text does
 * not have, addresses, and changes of the other direction. Meant to refuse too much rather than too little.
 *
 * @param own what we wrote ourselves, of which every word is allowed
 * @param known names there are in the shop, of which those that our text does not have may not appear
 */
export function strangeWords(text: string, own: string, known: readonly string[]): string[] {
  const ours = wordsOf(own);
  const strange = known.filter(
    (name) => name !== "" && !ours.has(name.toLowerCase()) && has(text, name) && !has(own, name),
  );
  for (const match of text.matchAll(/[\p{L}\p{N}_'’-]+/gu)) {
    const [word] = match;
    const isFirst = match.index === 0 || /[.!?]\s+$/.test(text.slice(0, match.index));
    if (!/\p{Lu}/u.test(word) || ours.has(word.toLowerCase())) continue;
    if (isFirst && BEGINNINGS.has(word.toLowerCase())) continue;
    strange.push(word);
  }
  if (/https?:|www\.|\.\w{2,}\/|[<>[\]{}`#*|@\n]/i.test(text)) strange.push("markup");
  for (const words of [DOWN, UP]) {
    const turned = [...wordsOf(text)].filter((word) => words.has(word) && !ours.has(word));
    if (turned.length > 0 && ![...ours].some((word) => words.has(word) && word !== DECLINED)) strange.push(...turned);
  }
  return strange;
}

/** What a sentence may begin with beside our own words. */
const BEGINNINGS = new Set(
  (
    "a about across all also although among and as at because before between but by compared during each even every fewer for from given " +
    "however if in instead it its less meanwhile more most much nearly no not of on only or our over overall part shop since so some still than " +
    "that the their then there these they this those though to usually visitors was we were what when where which while with within without you your"
  ).split(" "),
);

/** Payments are, whether they are more or less. */
const DECLINED = "declined";
const DOWN = new Set(
  "below less fewer missing fell fall falls fallen dropped drop drops declined decline declines down lower lost loss decreased decrease shrank smaller".split(
    " ",
  ),
);
const UP = new Set(
  "above more rose rise rises risen grew grow growth up higher increased increase gained gain surged surge larger times".split(
    " ",
  ),
);

function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\p{N}_'’-]+/gu) ?? []);
}

function has(text: string, name: string): boolean {
  const at = text.toLowerCase().indexOf(name.toLowerCase());
  if (at < 0) return false;
  const isWord = (character: string | undefined) => character !== undefined && /[\p{L}\p{N}]/u.test(character);
  return !isWord(text[at - 1]) && !isWord(text[at + name.length]);
}
