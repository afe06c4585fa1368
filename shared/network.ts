/**
 * The network an address belongs to, as one profile sees it: the /24 of an IPv4 address, the /64 of an IPv6 one. An IPv4 address
 * written as IPv6 (`::ffff:192.0.2.1`) counts as IPv4.
 *
 * @returns a canonical text such as `192.0.2.0/24` or `2001:db8:0:1::/64`, or null when the text is not an address
 */
export function networkOf(address: string): string | null {
  const v4 = ipv4Bytes(address);
  if (v4 !== null) return `${v4.slice(0, 3).join(".")}.0/24`;
  const zone = address.indexOf("%");
  const plain = withoutDots(zone === -1 ? address : address.slice(0, zone));
  if (plain === null || !isPlainIpv6(plain)) return null;
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

/** The 16-bit groups of the IPv6 address that was read last: to make a list for each takes longer than to read it. */
const groups: number[] = Array<number>(GROUPS).fill(0);

/** Whether a text is an IPv6 address in hexadecimal groups alone, which are then in `groups`. Read sign by sign: it is done for every event. */
export function isPlainIpv6(text: string): boolean {
  let count = 0;
  let gapAt = -1; // where `::` stands for zeros
  let group = 0;
  let digits = 0;
  for (let at = text.startsWith("::") ? 1 : 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const digit = hexDigit(code);
    if (digit !== -1) {
      if (++digits > 4 || count === GROUPS) return false;
      group = group * 16 + digit;
    } else if (code !== COLON) {
      return false;
    } else if (digits > 0) {
      groups[count++] = group;
      group = 0;
      digits = 0;
    } else {
      if (gapAt !== -1 || at === 0) return false;
      gapAt = count;
    }
  }
  if (digits > 0) groups[count++] = group;
  else if (gapAt !== count) return false; // nothing, or a colon at the end
  if (gapAt === -1) return count === GROUPS;
  if (count === GROUPS) return false;
  openGap(gapAt, count);
  return true;
}

/** @param count how many groups were written; those behind the gap go to the end */
function openGap(gapAt: number, count: number): void {
  const missing = GROUPS - count;
  for (let at = GROUPS - 1; at >= gapAt; at--) groups[at] = at >= gapAt + missing ? (groups[at - missing] ?? 0) : 0;
}

/** The value of a hexadecimal digit, or -1 for any other code. */
function hexDigit(code: number): number {
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
