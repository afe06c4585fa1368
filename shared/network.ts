/**
 * The network an address belongs to, as one profile sees it: the /24 of an IPv4 address, the /64 of an IPv6 one. An IPv4 address
 * written as IPv6 (`::ffff:192.0.2.1`) counts as IPv4.
 *
 * @returns a canonical text such as `192.0.2.0/24` or `2001:db8:0:1::/64`, or null when the text is not an address
 */
export function networkOf(address: string): string | null {
  const v4 = ipv4Bytes(address);
  if (v4 !== null) return `${v4.slice(0, 3).join(".")}.0/24`;
  const groups = ipv6Groups(address);
  if (groups === null) return null;
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, high = 0, low = 0] = groups;
  if ((a | b | c | d | e) === 0 && f === MAPPED_IPV4) {
    return `${high >> 8}.${high & 255}.${low >> 8}.0/24`;
  }
  return `${a.toString(16)}:${b.toString(16)}:${c.toString(16)}:${d.toString(16)}::/64`;
}

/** The sixth group of an IPv4 address written as IPv6, after five zeros. */
const MAPPED_IPV4 = 0xffff;

/** The four bytes of an IPv4 address, or null. */
function ipv4Bytes(address: string): [number, number, number, number] | null {
  const found = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address);
  if (found === null) return null;
  const [a = 0, b = 0, c = 0, d = 0] = found.slice(1).map(Number);
  return Math.max(a, b, c, d) <= 255 ? [a, b, c, d] : null;
}

const GROUPS = 8;
const COLON = 58;

/** The eight 16-bit groups of an IPv6 address, or null. Read sign by sign: it is done for every event. */
function ipv6Groups(address: string): number[] | null {
  const zone = address.indexOf("%");
  const plain = withoutDots(zone === -1 ? address : address.slice(0, zone));
  if (plain === null) return null;
  const groups: number[] = [];
  let gapAt = -1; // where `::` stands for zeros
  let at = 0;
  if (plain.startsWith("::")) {
    gapAt = 0;
    at = 2;
  }
  while (at < plain.length) {
    const start = at;
    let group = 0;
    for (let digit = hexDigit(plain, at); digit !== -1; digit = hexDigit(plain, ++at)) group = group * 16 + digit;
    if (at === start || at - start > 4 || groups.length === GROUPS) return null;
    groups.push(group);
    if (at === plain.length) break;
    if (plain.charCodeAt(at) !== COLON || ++at === plain.length) return null;
    if (plain.charCodeAt(at) !== COLON) continue;
    if (gapAt !== -1) return null;
    gapAt = groups.length;
    at++;
  }
  const missing = GROUPS - groups.length;
  if (gapAt === -1 ? missing !== 0 : missing < 1) return null;
  if (gapAt !== -1) groups.splice(gapAt, 0, ...Array<number>(missing).fill(0));
  return groups;
}

/** The value of a hexadecimal digit, or -1 where there is none. */
function hexDigit(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/** An IPv6 address whose last two groups may be written as IPv4 (`64:ff9b::192.0.2.1`), all in groups; null when that part is none. */
function withoutDots(address: string): string | null {
  if (!address.includes(".")) return address;
  const start = address.lastIndexOf(":") + 1;
  const bytes = ipv4Bytes(address.slice(start));
  if (bytes === null) return null;
  const [a, b, c, d] = bytes;
  return `${address.slice(0, start)}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
}
