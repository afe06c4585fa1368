/** Currencies of ISO 4217 whose smallest unit is not a hundredth, by their number of decimals. */
const DECIMALS_OTHER_THAN_TWO: Record<string, number> = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  UYI: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
  CLF: 4,
  UYW: 4,
};

/** Active national currencies of ISO 4217 with two decimals. */
const TWO_DECIMALS =
  "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK " +
  "DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT " +
  "LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN " +
  "QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS " +
  "VED VES WST XCD XCG YER ZAR ZMW ZWG";

const DECIMALS = new Map<string, number>([
  ...TWO_DECIMALS.split(" ").map((code): [string, number] => [code, 2]),
  ...Object.entries(DECIMALS_OTHER_THAN_TWO),
]);

/**
 * Units of a currency that buy roughly one euro. Used only to put amounts of different currencies on one logarithmic scale
 * for scoring, where a factor of two is noise; never for money that is stored or shown. Order of magnitude of 2025 rates.
 */
const UNITS_PER_EUR: Record<string, number> = {
  AED: 4.2,
  ARS: 1500,
  AUD: 1.75,
  BDT: 140,
  BGN: 1.96,
  BHD: 0.43,
  BRL: 6.3,
  CAD: 1.6,
  CHF: 0.94,
  CLP: 1100,
  CNY: 8.3,
  COP: 4600,
  CZK: 24.5,
  DKK: 7.46,
  EGP: 56,
  GBP: 0.86,
  HKD: 9,
  HUF: 395,
  IDR: 19000,
  ILS: 3.9,
  INR: 102,
  ISK: 142,
  JOD: 0.82,
  JPY: 172,
  KES: 150,
  KRW: 1620,
  KWD: 0.36,
  KZT: 620,
  LKR: 350,
  MAD: 10.6,
  MXN: 21.5,
  MYR: 4.9,
  NGN: 1750,
  NOK: 11.7,
  NZD: 2,
  OMR: 0.45,
  PEN: 4,
  PHP: 67,
  PKR: 325,
  PLN: 4.25,
  QAR: 4.2,
  RON: 5.08,
  RSD: 117,
  RUB: 95,
  SAR: 4.3,
  SEK: 11,
  SGD: 1.5,
  THB: 38,
  TND: 3.4,
  TRY: 48,
  TWD: 35,
  TZS: 2900,
  UAH: 48,
  UGX: 4100,
  USD: 1.16,
  UYU: 46,
  UZS: 14000,
  VND: 30500,
  XAF: 656,
  XOF: 656,
  ZAR: 20.4,
};

/** Decimals that ISO 4217 gives a currency (JPY 0, EUR 2, KWD 3), or undefined when the code is not one. */
export function currencyDecimals(code: string): number | undefined {
  return DECIMALS.get(code);
}

/**
 * Whether an amount in major units has no more decimals than its currency.
 *
 * A whole number of the smallest units divided by their number in a major one is the number nearest to that decimal, as reading its
 * text is: so an amount has no more decimals exactly when it is such a quotient.
 *
 * @param amount at most 10^10 in size
 * @param decimals 0 to 4
 */
export function fitsDecimals(amount: number, decimals: number): boolean {
  const units = 10 ** decimals;
  return Math.round(amount * units) / units === amount;
}

/** ln(1 + amount in euros, roughly): the scale on which amounts are compared in scoring. */
export function amountLog(amount: number, currency: string): number {
  return Math.log1p(amount / (UNITS_PER_EUR[currency] ?? 1));
}
