import { below, type Random } from "../../shared/random.ts";
import type { Shop } from "./shops.ts";

/** How popular a shared network is falls with its number (Zipf with exponent 1, roughly). */
const SKEW = 2;

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
