import { BoundedMap } from "../shared/bounded-map.ts";
import { ADDRESS_HINT, ADDRESS_MASK, namesVersion, SHORTEST_ADDRESS, withoutAddresses } from "./redact/addresses.ts";
import { CARD_HINT, CARD_MASK, cardDigits, withoutCards } from "./redact/cards.ts";
import { AT, emailMask, withoutEmails } from "./redact/emails.ts";
import { PERCENT } from "./redact/escapes.ts";
import { normalEmail, type PrivateKind } from "./privacy.ts";

/**
 * What is private in a text, and what is put in its place: the one rule set for every text of an event, of its `properties` (their
 * names included) and of its signals. What matches never leaves the edge.
 *
 * **E-mail addresses** become `[email]` (`[@]` where that is longer): letters and digits of any script and `. _ + ' ~ -` before an `@`
 * or `%40` and a domain with a dot and a top level of letters. `shoe@2x.jpg` is a picture, `lib@4.17.21` a version.
 *
 * **Card numbers** become `[card]`: 14 to 19 digits with a network's beginning and length (`NETWORKS`) and the right check digit. They
 * may be full-width, and in groups of at least four (the last may be shorter) with one space, dash, `+` or `%20` between. Thirteen
 * digits are no card: none has been issued for decades, and article numbers (EAN) look the same. Nor are the decimals of a number, nor
 * what is part of a UUID or of 32 or more hexadecimal digits. Numbers of JSON count from 15 digits on, as shop systems' ids have 14.
 *
 * **Network addresses** become `[ip]`. IPv4: four numbers up to 255. They are a version and stay where a product's name stands before
 * them (`Chrome/120.0.0.0`), where a word, a letter or a fifth number is joined to them, and in fields named like a version, a build or
 * a user agent. IPv6: in any spelling of seven characters or more with a digit among them, also with `%3A` for its colons.
 *
 * **The shopper's own** e-mail and address, as the event and its connection tell them, go from everywhere, whatever their form and
 * whatever is joined to them; an IPv4 address also where dashes stand for its dots.
 *
 * **Identifiers**, on which events are joined, must stay joinable: with any of the above in it, one becomes a keyed hash; see
 * `pseudonymOf`. Only an event's `id` cannot be replaced, as the event would count twice: it is refused where it is a card number.
 *
 * No text gets longer than it was, and each is read in time proportional to its length.
 *
 * @param name of the field the text is from
 * @returns the text itself where nothing is private in it
 */
export type Redact = (text: string, name: string) => string;

/** What is private in one event. */
export interface Own {
  email: string | undefined;
  /** Of the connection, and of the shopper as the event tells it. */
  addresses: readonly string[];
}

/** Every text is asked this, and hardly any answers yes. */
const SUSPECT = new RegExp(`${AT}|${CARD_HINT}|${ADDRESS_HINT}`, "i");
/** What every text with a suspicion in it holds, quicker to look for; what a percent sign or a wide digit may stand for is left to the other. */
const HINT = /[@%\uff10-\uff19]|:[0-9a-fA-F]{0,4}:|\d(?:[.-]\d{1,3}[.-]\d|\d{3}[\d +\u00a0\u202f\u2010-\u2013-]{10})/;

/** `a@b.cd` and `::12:34` are the shortest that are somebody's. */
const SHORTEST_PRIVATE = 6;

/** Whether a text may hold something private, whoever it is of. */
export function isSuspect(text: string): boolean {
  return text.length >= SHORTEST_PRIVATE && HINT.test(text) && SUSPECT.test(text);
}

export function createRedact(own: Own): Redact {
  // Patterns take long to make, so they are made where a text holds what no spelling can be without.
  const patterns: OwnPatterns = { email: undefined, address: undefined };
  return (text, name) => {
    if (name === AGENT ? !isSuspectAgent(text) : !isSuspect(text)) return text;
    // The own e-mail first: of an odd one the rule for any would leave a part. The own address last: it may be part of another.
    return withoutOwnAddress(withoutAnyones(withoutOwnEmail(text, own, patterns), name), own, patterns);
  };
}

interface OwnPatterns {
  email: RegExp | undefined;
  address: RegExp | undefined;
}

function withoutOwnEmail(text: string, { email }: Own, patterns: OwnPatterns): string {
  if (email === undefined || !/[@%]/.test(text)) return text;
  return text.replace((patterns.email ??= anySpelling([email])), emailMask);
}

function withoutOwnAddress(text: string, { addresses }: Own, patterns: OwnPatterns): string {
  if (!addresses.some((address) => isLong(address) && text.includes(digitRun(address)))) return text;
  return text.replace((patterns.address ??= anySpelling(addresses.filter(isLong))), ADDRESS_MASK);
}

/** Whether an address is somebody's. */
function isLong(address: string): boolean {
  return address.length >= SHORTEST_ADDRESS;
}

/** The field with an event's longest text: the same few come again and again, and most look suspect for their versions. */
const AGENT = "user_agent";
const AGENTS_KEPT = 500;
const suspectAgents = new BoundedMap<boolean>(AGENTS_KEPT);

function isSuspectAgent(text: string): boolean {
  const known = suspectAgents.get(text);
  if (known !== undefined) return known;
  const suspect = isSuspect(text);
  if (text.length <= INNOCENT_LENGTH) suspectAgents.set(text, suspect);
  return suspect;
}

/** Texts found to hold nothing private, whoever they are of; those of fields where four numbers are a version apart. */
const INNOCENT_KEPT = 1_000;
const INNOCENT_LENGTH = 500;
const innocent = new BoundedMap<true>(INNOCENT_KEPT);
const innocentVersions = new BoundedMap<true>(INNOCENT_KEPT);

/** A text without what is private whoever it is of. */
function withoutAnyones(text: string, name: string): string {
  const mayBeVersion = namesVersion(name);
  const known = mayBeVersion ? innocentVersions : innocent;
  if (known.get(text) === true) return text;
  const rest = withoutAddresses(withoutCards(withoutEmails(text)), mayBeVersion);
  if (rest === text && text.length <= INNOCENT_LENGTH) known.set(text, true);
  return rest;
}

const ZERO = 48;
const NINE = 57;

/** The longest of an address' runs of digits, which have one spelling only; nothing where it has none. */
function digitRun(address: string): string {
  let longest = "";
  let start = 0;
  for (let at = 0; at <= address.length; at++) {
    const code = address.charCodeAt(at); // NaN at the end
    if (code >= ZERO && code <= NINE) continue;
    if (at - start > longest.length) longest = address.slice(start, at);
    start = at + 1;
  }
  return longest;
}

/** Finds any of the texts, in either case, with dashes for dots and with what a URL escapes. */
function anySpelling(texts: readonly string[]): RegExp {
  return new RegExp(texts.map((text) => text.replace(/[^\p{L}\p{N}]/gu, spellings)).join("|"), "giu");
}

function spellings(sign: string): string {
  const code = (sign.codePointAt(0) ?? 0).toString(16);
  return sign === "." ? "[.-]" : `(?:\\u{${code}}|${PERCENT}${code})`;
}

/** Whether a text is a card number and nothing else. */
export function isCardNumber(text: string): boolean {
  return isSuspect(text) && withoutCards(text.trim()) === CARD_MASK;
}

const LEAST_CARD = 1e14;

/** A number of JSON, or what is put in its place. */
export function redactNumber(value: number): number | string {
  return value >= LEAST_CARD && isCardNumber(String(value)) ? CARD_MASK : value;
}

/**
 * What stands for an identifier that has something private in it. An e-mail or a card number that is the whole of it (but for spaces
 * around) is hashed alike however it is written, and an e-mail as the event's `email` is; any other identifier is hashed as it is.
 */
export function pseudonymOf(identifier: string, redact: Redact): { kind: PrivateKind; text: string } {
  const text = identifier.trim();
  if (text.includes("@") && redact(text, "") === emailMask(text)) return { kind: "email", text: normalEmail(text) };
  if (isCardNumber(text)) return { kind: "card", text: cardDigits(text) };
  return { kind: "id", text: identifier };
}
