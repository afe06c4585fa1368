/**
 * Who stands behind a customer number: the slice says nothing of devices, cards and networks, so they are invented here as a shop's
 * server would know them, always the same for the same customer of the same run. That is tidier than life: nobody here has two cards.
 */
import { createHash } from "node:crypto";

/** ISO 3166-1 for the country names of Online Retail. The two that are not one country's are left out. */
const COUNTRY_CODES: Record<string, string> = {
  Australia: "AU",
  Austria: "AT",
  Bahrain: "BH",
  Belgium: "BE",
  Brazil: "BR",
  Canada: "CA",
  "Channel Islands": "JE", // Jersey, the larger one; together they have no code
  Cyprus: "CY",
  "Czech Republic": "CZ",
  Denmark: "DK",
  EIRE: "IE",
  Finland: "FI",
  France: "FR",
  Germany: "DE",
  Greece: "GR",
  "Hong Kong": "HK",
  Iceland: "IS",
  Israel: "IL",
  Italy: "IT",
  Japan: "JP",
  Lebanon: "LB",
  Lithuania: "LT",
  Malta: "MT",
  Netherlands: "NL",
  Norway: "NO",
  Poland: "PL",
  Portugal: "PT",
  RSA: "ZA",
  "Saudi Arabia": "SA",
  Singapore: "SG",
  Spain: "ES",
  Sweden: "SE",
  Switzerland: "CH",
  USA: "US",
  "United Arab Emirates": "AE",
  "United Kingdom": "GB",
};

const USER_AGENTS = [
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0",
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1",
  "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
] as const;

/** First digits of the card schemes' published test cards. */
const BINS = ["424242", "400005", "555555", "520082", "378282"] as const;

/** What a shop's server knows of the one who sends a request. */
export interface Shopper {
  clientId: string;
  userAgent: string;
  /** Of 2001:db8::/32, the range for documentation (RFC 3849); a /64 of their own. */
  ip: string;
  /** ISO 3166-1 alpha-2; undefined when the name is not one country's. */
  country: string | undefined;
  card: Card;
}

export interface Card {
  fingerprint: string;
  bin: string;
  country: string | undefined;
}

/** The code of a country as Online Retail names it. */
export function countryCode(name: string): string | undefined {
  return COUNTRY_CODES[name];
}

/**
 * The shopper of a name, the same for the same run and name.
 *
 * @param name a customer number, or any other text for somebody who is not a customer
 * @param country ISO 3166-1 alpha-2, where they are and where their card is from
 */
export function shopperOf(run: string, name: string, country: string | undefined): Shopper {
  const seed = `${run} ${name}`;
  return {
    clientId: `dev-${digest(`${seed} device`).slice(0, 12)}`,
    userAgent: chosen(USER_AGENTS, `${seed} agent`),
    ip: addressOf(seed),
    country,
    card: cardOf(seed, country),
  };
}

/** The card of a seed, the same for the same seed. */
export function cardOf(seed: string, country: string | undefined): Card {
  return { fingerprint: `card-${digest(`${seed} card`).slice(0, 16)}`, bin: chosen(BINS, `${seed} bin`), country };
}

function addressOf(seed: string): string {
  const hex = digest(`${seed} network`);
  const groups = [hex.slice(0, 4), hex.slice(4, 8)].map((group) => Number.parseInt(group, 16).toString(16));
  return `2001:db8:${groups.join(":")}::1`;
}

function chosen<T>(list: readonly [T, ...T[]], seed: string): T {
  return list[Number.parseInt(digest(seed).slice(0, 8), 16) % list.length] ?? list[0];
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
