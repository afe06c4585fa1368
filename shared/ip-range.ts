/** A range of addresses (CIDR). `from` and `to` are keys as `addressKey` makes them: what lies between them lies in the range. */
export interface IpRange {
  from: string;
  to: string;
  /** Bits that all addresses of the range share: of 32 in IPv4, of 128 in IPv6. */
  prefix: number;
}

/** The first digits of an IPv4 address written as IPv6 (`::ffff:192.0.2.1`), which counts as IPv4. */
const MAPPED_IPV4 = `${"0".repeat(20)}ffff`;
const MAPPED_BITS = 96;

/**
 * An address as a text that sorts as addresses do: 4 or 6, and its bits in hexadecimal digits. However an address is written, its key
 * is the same.
 *
 * @returns null when the text is not an address
 */
export function addressKey(address: string): string | null {
  const v4 = ipv4Digits(address);
  if (v4 !== null) return `4${v4}`;
  const v6 = ipv6Digits(address.split("%", 1)[0] ?? "");
  if (v6 === null) return null;
  return v6.startsWith(MAPPED_IPV4) ? `4${v6.slice(MAPPED_IPV4.length)}` : `6${v6}`;
}

/**
 * A range as people write it: `192.0.2.0/24`, `2001:db8::/32`, or one address.
 *
 * @returns null when it is none, or when the address has bits beyond the prefix: of `10.0.0.1/8` nobody can tell what was meant
 */
export function readIpRange(text: string): IpRange | null {
  const [, address = "", bits] = /^([^/%]+)(?:\/(0|[1-9]\d{0,2}))?$/.exec(text) ?? [];
  const from = addressKey(address);
  if (from === null) return null;
  const most = bitsOf(from);
  const isMapped = most === 32 && address.includes(":");
  const prefix = bits === undefined ? most : Number(bits) - (isMapped ? MAPPED_BITS : 0);
  if (prefix < 0 || prefix > most) return null;
  if (prefix === most) return { from, to: from, prefix };
  const place = 1 + (prefix >> 2); // of the digit that the prefix divides
  const digit = Number.parseInt(from.charAt(place), 16);
  const free = 0xf >> (prefix & 3);
  const rest = from.slice(place + 1);
  if ((digit & free) !== 0 || /[^0]/.test(rest)) return null;
  return { from, to: from.slice(0, place) + (digit | free).toString(16) + "f".repeat(rest.length), prefix };
}

/** The one spelling of a range: `192.0.2.1/32`, `2001:db8::/32` (RFC 5952). */
export function ipRangeText({ from, prefix }: IpRange): string {
  const digits = from.slice(1);
  if (bitsOf(from) === 32) return `${pairs(digits).join(".")}/${prefix}`;
  const written = new URL(`http://[${(digits.match(/.{4}/g) ?? []).join(":")}]`).hostname;
  return `${written.slice(1, -1)}/${prefix}`;
}

function bitsOf(key: string): number {
  return (key.length - 1) * 4;
}

function pairs(digits: string): number[] {
  return (digits.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
}

const IPV4 = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/;

function ipv4Digits(address: string): string | null {
  const [, a, b, c, d] = IPV4.exec(address)?.map(Number) ?? [];
  if (a === undefined || b === undefined || c === undefined || d === undefined) return null;
  if (a > 255 || b > 255 || c > 255 || d > 255) return null;
  return (2 ** 32 + a * 2 ** 24 + ((b << 16) | (c << 8) | d)).toString(16).slice(1);
}

/** @see RFC 4291, section 2.2 */
function ipv6Digits(address: string): string | null {
  const plain = withoutDots(address.toLowerCase());
  const [head = "", tail, second] = plain?.split("::") ?? [];
  if (second !== undefined) return null;
  const first = groupDigits(head);
  const last = groupDigits(tail ?? "");
  if (first === null || last === null) return null;
  const missing = 32 - first.length - last.length;
  if (tail === undefined ? missing !== 0 : missing < 4) return null;
  return first + "0".repeat(missing) + last;
}

/** An address whose last two groups may be written as IPv4 (`64:ff9b::192.0.2.1`), all in groups; null when that part is none. */
function withoutDots(address: string): string | null {
  if (!address.includes(".")) return address;
  const start = address.lastIndexOf(":") + 1;
  const digits = ipv4Digits(address.slice(start));
  return digits === null ? null : `${address.slice(0, start)}${digits.slice(0, 4)}:${digits.slice(4)}`;
}

function groupDigits(groups: string): string | null {
  if (groups === "") return "";
  let digits = "";
  for (const group of groups.split(":")) {
    if (!/^[0-9a-f]{1,4}$/.test(group)) return null;
    digits += group.padStart(4, "0");
  }
  return digits;
}
