/** IPv4 blocks that are not public unicast, or whose public address is a cloud's own (IANA special-purpose registry, RFC 6890). */
const NOT_PUBLIC_V4: readonly [network: string, bits: number][] = [
  ["0.0.0.0", 8], // this network
  ["10.0.0.0", 8], // private
  ["100.64.0.0", 10], // shared by carriers; Alibaba's metadata lies in it
  ["127.0.0.0", 8], // loopback
  ["168.63.129.16", 32], // Azure's platform, from inside its machines
  ["169.254.0.0", 16], // link-local, metadata of most clouds
  ["172.16.0.0", 12], // private
  ["192.0.0.0", 24], // protocol assignments, Oracle's metadata
  ["192.0.2.0", 24], // documentation
  ["192.31.196.0", 24], // AS112
  ["192.52.193.0", 24], // multicast tunnels
  ["192.88.99.0", 24], // 6to4 relays
  ["192.168.0.0", 16], // private
  ["192.175.48.0", 24], // AS112
  ["198.18.0.0", 15], // benchmarks
  ["198.51.100.0", 24], // documentation
  ["203.0.113.0", 24], // documentation
  ["224.0.0.0", 3], // multicast, reserved, broadcast
];

/** Of IPv6 only 2000::/3 is global unicast; these blocks in it are not, or lead to an IPv4 address. */
const NOT_PUBLIC_V6: readonly [network: string, bits: number][] = [
  ["2001::", 23], // protocol assignments: Teredo, benchmarks, ORCHID
  ["2001:db8::", 32], // documentation
  ["2002::", 16], // 6to4
  ["2620:4f:8000::", 48], // AS112
  ["3fff::", 20], // documentation
];

/**
 * Whether an address is one of a public host.
 *
 * @param host an IPv4 or a bracketed IPv6 address in the one spelling the URL parser leaves
 */
export function isPublicAddress(host: string): boolean {
  if (!host.startsWith("[")) {
    const bytes = v4Bytes(host);
    return !NOT_PUBLIC_V4.some(([network, bits]) => startsAlike(bytes, v4Bytes(network), bits));
  }
  const bytes = v6Bytes(host.slice(1, -1));
  return (
    startsAlike(bytes, v6Bytes("2000::"), 3) &&
    !NOT_PUBLIC_V6.some(([network, bits]) => startsAlike(bytes, v6Bytes(network), bits))
  );
}

/** Whether a URL's host is this machine itself: 127.0.0.0/8, `::1` or the name `localhost`. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || (isAddress(host) && host.startsWith("127."));
}

/** Whether a URL's host is an address rather than a name; the URL parser leaves no other spelling of one. */
export function isAddress(host: string): boolean {
  return host.startsWith("[") || /^\d+\.\d+\.\d+\.\d+$/.test(host);
}

function v4Bytes(address: string): number[] {
  return address.split(".").map(Number);
}

function v6Bytes(address: string): number[] {
  const [head = [], tail = []] = address.split("::").map((half) => (half === "" ? [] : half.split(":")));
  const missing = Array<string>(8 - head.length - tail.length).fill("0");
  return [...head, ...missing, ...tail]
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 0xff]);
}

function startsAlike(a: readonly number[], b: readonly number[], bits: number): boolean {
  for (let i = 0, left = bits; left > 0; i++, left -= 8) {
    const mask = left >= 8 ? 0xff : (0xff << (8 - left)) & 0xff;
    if (((a[i] ?? 0) & mask) !== ((b[i] ?? 0) & mask)) return false;
  }
  return true;
}
