import type { Figure, Figures } from "./finding.ts";
import { MONTHS } from "./words.ts";

/** What a text is held against. */
export interface Grounds {
  figures: Figures;
  /** Names as they may stand in it; numbers in them are not looked at. */
  names: readonly string[];
}

/**
 * The numbers of a text that are none of the figures. A number stands for a figure when the figure, rounded to the digits that are
 * written, or to any from two on, is it: 1,240 may be told as 1,240 or 1,200, never as 1,300 or 1,000. Shares are told in per cent,
 * factors as so many times, times of day by hour and minute, in UTC. Numbers in words count as numbers; "one" is none.
 */
export function unfoundedNumbers(text: string, { figures, names }: Grounds): string[] {
  const all = Object.values(figures);
  let rest = withoutNames(text, names);
  const unfounded: string[] = [];
  const take = (pattern: RegExp, isFounded: (match: RegExpExecArray) => boolean) => {
    for (const match of rest.matchAll(pattern)) if (!isFounded(match)) unfounded.push(match[0].trim());
    rest = rest.replaceAll(pattern, " ");
  };
  take(/\b\d{1,2}:\d{2}(?::\d{2})?\b/g, ([time]) => timesOf(all).some((iso) => iso.slice(11, 16) === time));
  take(DATE, ([date]) => timesOf(all).some((iso) => isDate(iso, date)));
  take(WEEKDAY, ([day]) => timesOf(all).some((iso) => weekday(iso).startsWith(day.slice(0, 3).toLowerCase())));
  take(NUMBER, ([, digits = "", unit = ""]) => all.some((figure) => isFigure(figure, digits, unit.toLowerCase())));
  take(WORD, ([word]) => isWord(all, word.toLowerCase()));
  return unfounded;
}

const DATE =
  /\b\d{1,2}(?:st|nd|rd|th)?(?: of)? (?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b/gi;
const WEEKDAY = /\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?s?\b/gi;
/** A number, and what it is of where that decides how it is read. */
const NUMBER =
  /([-−+]?(?:\d{1,3}(?:[,\u202f ]\d{3})+|\d+)(?:\.\d+)?)(\s?%|\s?per ?cent\b|\s?×|\s?-?fold\b|\s?x\b|\s?times\b|\s?(?:min|h|s|d)\b|\s?(?:minute|hour|second|day)s?\b)?/gi;

/** Words that are numbers: what they say, as a factor, a share or a count. */
const WORDS: Readonly<Record<string, readonly number[]>> = {
  zero: [0],
  none: [0],
  nobody: [0],
  half: [0.5],
  halved: [0.5],
  third: [1 / 3],
  quarter: [0.25],
  twice: [2],
  double: [2],
  doubled: [2],
  doubling: [2],
  triple: [3],
  tripled: [3],
  quadrupled: [4],
  two: [2],
  three: [3],
  four: [4],
  five: [5],
  six: [6],
  seven: [7],
  eight: [8],
  nine: [9],
  ten: [10],
  eleven: [11],
  twelve: [12],
  dozen: [12],
  dozens: [],
  twenty: [20],
  thirty: [30],
  forty: [40],
  fifty: [50],
  sixty: [60],
  seventy: [70],
  eighty: [80],
  ninety: [90],
  hundred: [100],
  hundreds: [],
  thousand: [1_000],
  thousands: [],
  million: [1_000_000],
  millions: [],
  billion: [],
};
const WORD = new RegExp(`\\b(?:${Object.keys(WORDS).join("|")})\\b`, "gi");
/** How far "half" may be from a half. */
const WORD_TOLERANCE = 0.05;

function isWord(figures: readonly Figure[], word: string): boolean {
  return (WORDS[word] ?? []).some((meant) =>
    figures.some(({ value, unit }) => {
      if (unit === "time" || unit === "money") return false;
      if (unit === "count" || unit === "ms") return value === meant;
      return (
        Math.abs(Math.abs(value) - meant) <= WORD_TOLERANCE * meant ||
        (unit === "share" && Math.abs(1 + value - meant) <= WORD_TOLERANCE * meant)
      );
    }),
  );
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function isFigure({ value, unit }: Figure, digits: string, behind: string): boolean {
  if (unit === "time") return false;
  const written = Number(digits.replaceAll(/[,\u202f +]/g, "").replace("−", "-"));
  const decimals = digits.split(".")[1]?.length ?? 0;
  const isShare = behind.includes("%") || behind.includes("cent");
  const isTimes = /×|fold|x|times/.test(behind);
  if (isShare !== (unit === "share")) return false;
  if (isTimes !== (unit === "times"))
    return unit === "count" && behind.includes("times") && isRounded(value, written, decimals);
  if (unit === "ms") {
    const ms = UNIT_MS[behind.trim().charAt(0)];
    return ms !== undefined && isRounded(value / ms, written, decimals);
  }
  if (unit === "per_100" && written === 100) return true;
  if (unit === "money" && Number(Math.abs(value).toFixed(CENTS)) === Math.abs(written)) return true;
  return isRounded(unit === "share" ? 100 * value : value, written, decimals);
}

const CENTS = 2;
const DIGITS_LEAST = 2;
const DIGITS_MOST = 15;
/** Below it a tenth is as far as figures are told. */
const TENTHS_BELOW = 10;

function isRounded(exact: number, written: number, decimals: number): boolean {
  // That something fell by 38 % may be told with or without its sign, never with the other.
  const value = written < 0 ? exact : Math.abs(exact);
  if (Math.abs(value) >= TENTHS_BELOW && Number(value.toFixed(decimals)) === written) return true;
  if (Math.abs(value) < TENTHS_BELOW && decimals <= 1 && Number(value.toFixed(1)) === written) return true;
  for (let digits = DIGITS_LEAST; digits <= DIGITS_MOST; digits++) {
    if (Number(value.toPrecision(digits)) === written) return true;
  }
  return false;
}

function timesOf(figures: readonly Figure[]): string[] {
  return figures.flatMap((figure) => (figure.unit === "time" ? [figure.value] : []));
}

function isDate(iso: string, text: string): boolean {
  const day = new Date(iso);
  const month = MONTHS[day.getUTCMonth()]?.toLowerCase() ?? "";
  return Number.parseInt(text, 10) === day.getUTCDate() && text.toLowerCase().includes(` ${month}`);
}

function weekday(iso: string): string {
  return new Date(iso).toLocaleDateString("en", { weekday: "long", timeZone: "UTC" }).toLowerCase();
}

/** Names are taken out whole, the longest first: `iPhone 15 cases` is no number. */
function withoutNames(text: string, names: readonly string[]): string {
  return names
    .filter((name) => name !== "")
    .toSorted((a, b) => b.length - a.length)
    .reduce(
      (rest, name) => rest.replaceAll(new RegExp(`(?<![\\p{L}\\p{N}])${escaped(name)}(?![\\p{L}\\p{N}])`, "giu"), " "),
      text,
    );
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
