/** Words of the shop's books that a shopper should not have to read, and names that keep their capitals. */
const WORDS: Record<string, string> = {
  asstd: "assorted",
  childrens: "children's",
  gardeners: "gardener's",
  pc: "pieces",
  ant: "antique",
  hldr: "holder",
  saftey: "safety",
  tradtional: "traditional",
  "+": "and",
  "&": "and",
  i: "I",
  led: "LED",
  christmas: "Christmas",
  santa: "Santa",
  scandinavian: "Scandinavian",
  victorian: "Victorian",
  regency: "Regency",
  morris: "Morris",
  jubilee: "Jubilee",
  union: "Union",
  jack: "Jack",
  london: "London",
  english: "English",
  nancy: "Nancy",
  rex: "Rex",
  charlotte: "Charlotte",
  lola: "Lola",
  ollie: "Ollie",
  suki: "Suki",
  "t-light": "T-light",
};

/** Descriptions that no word list mends. */
const SENTENCES: [from: RegExp, to: string][] = [
  [/set\/(\d+)/, "set of $1"],
  [/set of(\d+)/, "set of $1"],
  [/cash\+carry/, "cash and carry"],
  [/gin \+ tonic/, "gin and tonic"],
  [/t-lights/, "T-lights"],
  [/,(?=\S)/, ", "],
];

/** A description of the shop's books, in capitals, as a name to read: `SET/5 RED RETROSPOT` → `Set of 5 red retrospot`. */
export function productName(description: string): string {
  const lower = SENTENCES.reduce((text, [from, to]) => text.replace(from, to), description.toLowerCase());
  const words = lower.split(/\s+/).filter((word) => word !== "");
  const name = words
    .map((word) => WORDS[word] ?? word)
    .join(" ")
    .replace(/[.,]+$/, "");
  return name.charAt(0).toUpperCase() + name.slice(1);
}
