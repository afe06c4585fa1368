import { beginning, PERCENT } from "./escapes.ts";

export const CARD_MASK = "[card]";

/** Beginnings and lengths of each network's numbers; of Maestro and RuPay only those of 16 digits and more. */
const NETWORKS = {
  visa: "4\\d{15}(?:\\d{3})?",
  mastercard: "(?:5[1-5]\\d\\d|222[1-9]|22[3-9]\\d|2[3-6]\\d\\d|27[01]\\d|2720)\\d{12}",
  amex: "3[47]\\d{13}",
  diners: "3(?:0[0-5]|[689]\\d)\\d{11,16}",
  jcb: "35(?:2[89]|[3-8]\\d)\\d{12,15}",
  discover: "(?:6011|64[4-9]\\d|65\\d\\d)\\d{12,15}",
  unionPay: "62\\d{14,17}",
  maestro: "(?:50|5[6-8]|6[37])\\d{14,17}",
  mir: "220[0-4]\\d{12,15}",
  ruPay: "(?:60|8[12])\\d{14}",
};
const NUMBER = new RegExp(`^(?:${Object.values(NETWORKS).join("|")})$`);
const LEAST_DIGITS = 14;
const MOST_DIGITS = 19;
/** A group may only be shorter where it is the last: `4111 1111 1111 1111 110`. */
const GROUP_DIGITS = 4;

const DIGIT = "[0-9\uff10-\uff19]";
const GAP = `(?:[ \u00a0\u202f+\u2010-\u2013-]|${PERCENT}(?:20|2B|2D|C2${PERCENT}A0))`;
const GAPS = new RegExp(`(${GAP})`, "i");
/** A first group, and digits enough for the shortest number. */
const START = `${DIGIT}{${GROUP_DIGITS}}(?:${GAP}?${DIGIT}){${LEAST_DIGITS - GROUP_DIGITS}}`;
/** A UUID or a hash, with as many digits as chance has put side by side. */
const HEXADECIMAL = "(?<![0-9a-z])(?:[0-9a-f]{32,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![0-9a-z])";
const CANDIDATE = new RegExp(
  `${HEXADECIMAL}|${beginning(DIGIT, `${DIGIT}|${DIGIT}\\.`)}(${START}(?:${GAP}?${DIGIT})*)`,
  "gi",
);

/** What a text with a card number in it contains. */
export const CARD_HINT = `(?<!${DIGIT})${START}`;

export function withoutCards(text: string): string {
  return text.replace(CANDIDATE, (candidate, run: string | undefined) =>
    run === undefined ? candidate : withoutCardsInRun(run),
  );
}

/** The digits of a card number, however they are grouped. */
export function cardDigits(text: string): string {
  return text
    .split(GAPS)
    .filter((_part, index) => index % 2 === 0)
    .join("")
    .normalize("NFKC");
}

function withoutCardsInRun(run: string): string {
  const parts = run.split(GAPS); // groups of digits at the even places, what is between them at the odd ones
  const plain = run.normalize("NFKC");
  const plainParts = plain === run ? parts : plain.split(GAPS);
  let kept = "";
  let from = 0;
  while (from < parts.length) {
    const last = lastGroup(plainParts, from);
    kept += last === null ? parts[from] : CARD_MASK;
    kept += parts[(last ?? from) + 1] ?? "";
    from = (last ?? from) + 2;
  }
  return kept;
}

/** Where the longest card number that begins with a group ends, or null. */
function lastGroup(parts: readonly string[], from: number): number | null {
  let found: number | null = null;
  let digits = "";
  for (let at = from; at < parts.length; at += 2) {
    const group = parts[at] ?? "";
    digits += group;
    if (digits.length > MOST_DIGITS) break;
    if (isNumber(digits)) found = at;
    if (group.length < GROUP_DIGITS) break;
  }
  return found;
}

function isNumber(digits: string): boolean {
  return digits.length >= LEAST_DIGITS && NUMBER.test(digits) && hasCheckDigit(digits);
}

const ZERO = "0".charCodeAt(0);

/** @see ISO/IEC 7812-1, annex B (Luhn) */
function hasCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let place = 1; place <= digits.length; place++) {
    const digit = digits.charCodeAt(digits.length - place) - ZERO;
    const weighed = place % 2 === 0 ? 2 * digit : digit;
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return sum % 10 === 0;
}
