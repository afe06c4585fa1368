import { ipRangeText, readIpRange } from "../../shared/ip-range.ts";
import type { ListKind } from "../../shared/lists.ts";

/** How the value of an entry is written. */
interface Form {
  /** The one spelling of a value, by which events are found; null when it is none. */
  read(text: string): string | null;
  /** Told of a value that is none. */
  must: string;
}

const AS_KEPT =
  "must be as events are answered: one that holds an e-mail address or a card number is kept as a hash (email_…, card_…)";

const DOMAIN = /^(?=.{4,253}$)(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,63}$/u;

/**
 * What may be listed, by kind.
 *
 * An e-mail address is listed by the keyed hash that its events carry: the key is the edge's alone, and the address is kept nowhere.
 * For the same reason an identifier with an address or a card number in it is refused: no event keeps it as it is.
 */
export const FORMS: Record<ListKind, Form> = {
  customer: { read: keptIdentifier, must: `${AS_KEPT}, and not blank` },
  card: { read: keptIdentifier, must: `${AS_KEPT}, and not blank` },
  email: {
    read: (text) => (/^[0-9a-f]{32}$/.test(text) ? text : null),
    must: "must be the email_hash of an event; addresses themselves are kept nowhere",
  },
  email_domain: {
    read: (text) => (DOMAIN.test(text) ? text.toLowerCase() : null),
    must: "must be what stands behind the @, such as mail.example; each subdomain is another",
  },
  ip: {
    read(text) {
      const range = readIpRange(text);
      return range === null ? null : ipRangeText(range);
    },
    must: "must be an address or a range (CIDR) without bits beyond its prefix, such as 192.0.2.0/24 or 2001:db8::/32",
  },
  country: {
    // T1 is how Cloudflare writes Tor, XX where it does not know.
    read: (text) => (/^[A-Z][A-Z0-9]$/i.test(text) ? text.toUpperCase() : null),
    must: "must be two letters (ISO 3166-1 alpha-2)",
  },
};

function keptIdentifier(text: string): string | null {
  return text.trim() === "" || holdsEmail(text) || isCardNumber(text) ? null : text;
}

function holdsEmail(text: string): boolean {
  return /[^\s@](?:@|%40)[^\s@]+\.[^\s@.]/i.test(text);
}

/** 14 to 19 digits, however they are grouped, with the right check digit (ISO/IEC 7812-1). */
function isCardNumber(text: string): boolean {
  const digits = text.replaceAll(/[\s-]/g, "");
  if (!/^\d{14,19}$/.test(digits)) return false;
  const weighed = Array.from(digits)
    .toReversed()
    .map((digit, place) => {
      const doubled = Number(digit) * (1 + (place % 2));
      return doubled > 9 ? doubled - 9 : doubled;
    });
  return weighed.reduce((sum, digit) => sum + digit, 0) % 10 === 0;
}
