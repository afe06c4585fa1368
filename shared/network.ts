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
  if (groups.slice(0, 6).join() === MAPPED_IPV4) {
    const [high = 0, low = 0] = groups.slice(6);
    return `${high >> 8}.${high & 255}.${low >> 8}.0/24`;
  }
  const network = groups.slice(0, 4).map((group) => group.toString(16));
  return `${network.join(":")}::/64`;
}

/** The first six groups of an IPv4 address written as IPv6. */
const MAPPED_IPV4 = [0, 0, 0, 0, 0, 0xffff].join();

/** The four bytes of an IPv4 address, or null. */
function ipv4Bytes(address: string): [number, number, number, number] | null {
  const found = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address);
  if (found === null) return null;
  const [a = 0, b = 0, c = 0, d = 0] = found.slice(1).map(Number);
  return Math.max(a, b, c, d) <= 255 ? [a, b, c, d] : null;
}

/** The eight 16-bit groups of an IPv6 address, or null. */
function ipv6Groups(address: string): number[] | null {
  const plain = withoutDots(address.split("%", 1)[0] ?? "");
  if (plain === null) return null;
  const halves = plain.split("::");
  if (halves.length > 2) return null;
  const [head, tail] = halves.map((half) => (half === "" ? [] : half.split(":")));
  if (head === undefined) return null;
  const given = [...head, ...(tail ?? [])];
  if (given.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return null;
  const missing = 8 - given.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  return [...head, ...Array<string>(missing).fill("0"), ...(tail ?? [])].map((group) => Number.parseInt(group, 16));
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
