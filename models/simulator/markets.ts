/** A country that shops sell to. Figures are round: they shape simulated traffic, nothing else. */
export interface Market {
  /** ISO 3166-1 alpha-2. */
  country: string;
  /** ISO 4217, what its shoppers pay in where a shop offers it. */
  currency: string;
  unitsPerEur: number;
  locale: string;
  timezone: string;
  utcOffsetHours: number;
  city: string;
  latitude: number;
  longitude: number;
}

function market(
  country: string,
  [currency, unitsPerEur]: [string, number],
  locale: string,
  [timezone, utcOffsetHours]: [string, number],
  [city, latitude, longitude]: [string, number, number],
): Market {
  return { country, currency, unitsPerEur, locale, timezone, utcOffsetHours, city, latitude, longitude };
}

const EUR: [string, number] = ["EUR", 1];

export const MARKETS = [
  market("DE", EUR, "de-DE", ["Europe/Berlin", 1], ["Berlin", 52.5, 13.4]),
  market("AT", EUR, "de-AT", ["Europe/Vienna", 1], ["Vienna", 48.2, 16.4]),
  market("CH", ["CHF", 0.95], "de-CH", ["Europe/Zurich", 1], ["Zurich", 47.4, 8.5]),
  market("FR", EUR, "fr-FR", ["Europe/Paris", 1], ["Lyon", 45.8, 4.8]),
  market("NL", EUR, "nl-NL", ["Europe/Amsterdam", 1], ["Utrecht", 52.1, 5.1]),
  market("IT", EUR, "it-IT", ["Europe/Rome", 1], ["Milan", 45.5, 9.2]),
  market("ES", EUR, "es-ES", ["Europe/Madrid", 1], ["Madrid", 40.4, -3.7]),
  market("GB", ["GBP", 0.86], "en-GB", ["Europe/London", 0], ["Leeds", 53.8, -1.5]),
  market("IE", EUR, "en-IE", ["Europe/Dublin", 0], ["Dublin", 53.3, -6.3]),
  market("PL", ["PLN", 4.3], "pl-PL", ["Europe/Warsaw", 1], ["Warsaw", 52.2, 21]),
  market("CZ", ["CZK", 25], "cs-CZ", ["Europe/Prague", 1], ["Brno", 49.2, 16.6]),
  market("SE", ["SEK", 11], "sv-SE", ["Europe/Stockholm", 1], ["Stockholm", 59.3, 18.1]),
  market("US", ["USD", 1.1], "en-US", ["America/Chicago", -6], ["Chicago", 41.9, -87.6]),
  market("CA", ["CAD", 1.55], "en-CA", ["America/Toronto", -5], ["Toronto", 43.7, -79.4]),
  market("MX", ["MXN", 20], "es-MX", ["America/Mexico_City", -6], ["Puebla", 19, -98.2]),
  market("BR", ["BRL", 6], "pt-BR", ["America/Sao_Paulo", -3], ["Campinas", -22.9, -47.1]),
  market("JP", ["JPY", 165], "ja-JP", ["Asia/Tokyo", 9], ["Osaka", 34.7, 135.5]),
  market("AU", ["AUD", 1.7], "en-AU", ["Australia/Sydney", 10], ["Sydney", -33.9, 151.2]),
  market("IN", ["INR", 95], "en-IN", ["Asia/Kolkata", 5.5], ["Pune", 18.5, 73.9]),
  market("ID", ["IDR", 17_500], "id-ID", ["Asia/Jakarta", 7], ["Jakarta", -6.2, 106.8]),
] as const satisfies readonly Market[];

export type CountryCode = (typeof MARKETS)[number]["country"];

/** @throws RangeError for a country that is not in the table */
export function marketOf(country: string): Market {
  const found = MARKETS.find((candidate) => candidate.country === country);
  if (found === undefined) throw new RangeError(`No market is known in ${country}`);
  return found;
}

const EARTH_RADIUS_KM = 6_371;

/** Between the cities of two markets, as the crow flies. */
export function distanceKm(from: Market, to: Market): number {
  const [fromLatitude, toLatitude] = [radians(from.latitude), radians(to.latitude)];
  const haversine =
    Math.sin((toLatitude - fromLatitude) / 2) ** 2 +
    Math.cos(fromLatitude) * Math.cos(toLatitude) * Math.sin(radians(to.longitude - from.longitude) / 2) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.sqrt(haversine));
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
