import { hashText } from "../../shared/hash.ts";
import { below, type Random } from "../../shared/random.ts";
import type { Signals } from "../../shared/signals.ts";
import type { Market } from "./markets.ts";
import type { Shop } from "./shops.ts";

/** How popular a shared network is falls with its number (Zipf with exponent 1, roughly). */
const SKEW = 2;
/** A country's networks lie within so many degrees of its city. */
const SPREAD_DEGREES = 1.5;

/**
 * Networks as profiles see them: the /24 of carriers and offices, shared by many of a country's shoppers, and the /64 of a home.
 * Addresses are private or reserved for documentation, so that no simulated event points at anyone.
 */
export class Networks {
  readonly #shared: number;
  readonly #countries: string[] = [];
  #homes = 0;

  constructor(shop: Shop) {
    this.#shared = shop.sharedNetworks;
  }

  home(): string {
    const number = this.#homes++;
    return `2001:db8:${(number >>> 16).toString(16)}:${(number & 0xffff).toString(16)}::/64`;
  }

  /** A carrier's or an office's; a few of them carry most of the traffic. */
  shared(random: Random, country: string): string {
    if (!this.#countries.includes(country)) this.#countries.push(country);
    const number = Math.min(this.#shared - 1, Math.floor(this.#shared * random() ** SKEW));
    return `10.${this.#countries.indexOf(country)}.${number}.0/24`;
  }

  /** One of many that hosting and proxy companies rent out; hardly ever the same twice. */
  rented(random: Random): string {
    return `172.${16 + below(random, 16)}.${below(random, 256)}.0/24`;
  }
}

/** Whose a network is, as the edge is told. The numbers are those reserved for documentation. */
export function ownerOf(network: string): Required<Pick<Signals, "asn" | "as_organization">> {
  if (network.startsWith("172.")) return { asn: 64_496 + (hashText(network) % 3), as_organization: "Example Hosting" };
  if (network.startsWith("10.")) return { asn: 64_500, as_organization: "Example Mobile" };
  return { asn: 64_501, as_organization: "Example Broadband" };
}

/** Where a network of a country is thought to be: always the same place, near the country's city; a rented one in its midst. */
export function locate(
  { latitude, longitude }: Market,
  network: string,
): Required<Pick<Signals, "latitude" | "longitude">> {
  if (network.startsWith("172.")) return { latitude, longitude };
  const mixed = Math.imul(hashText(network), 0x9e3779b1) >>> 0;
  const away = (bits: number) => Math.round(SPREAD_DEGREES * ((bits & 0xff) / 127.5 - 1) * 100) / 100;
  return { latitude: latitude + away(mixed >>> 24), longitude: longitude + away(mixed >>> 16) };
}
