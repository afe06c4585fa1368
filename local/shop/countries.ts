/** Where the shop sends to: ISO 3166-1 alpha-2, home first. */
const CODES = [
  "GB",
  "AU",
  "AT",
  "BE",
  "CA",
  "DK",
  "FR",
  "DE",
  "IE",
  "IT",
  "JP",
  "NL",
  "NO",
  "PL",
  "PT",
  "ES",
  "SE",
  "CH",
  "US",
];

const NAMES = new Intl.DisplayNames("en-GB", { type: "region" });

/** Names by code. */
export const COUNTRIES: ReadonlyMap<string, string> = new Map(CODES.map((code) => [code, NAMES.of(code) ?? code]));
