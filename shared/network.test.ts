import { describe, expect, it } from "vitest";
import { isPlainIpv6, networkOf } from "./network.ts";
import { below, chance, pick, seededRandom, type Random } from "./random.ts";

describe("networkOf", () => {
  it.each([
    ["192.0.2.1", "192.0.2.0/24"],
    ["192.0.2.255", "192.0.2.0/24"],
    ["192.0.3.1", "192.0.3.0/24"],
    ["2001:db8:0:1:aaaa::1", "2001:db8:0:1::/64"],
    ["2001:DB8:0:1:0:0:0:2", "2001:db8:0:1::/64"],
    ["2001:0db8::", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["64:ff9b::192.0.2.1", "64:ff9b:0:0::/64"],
  ])("puts %s into %s", (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  it.each([
    "::ffff:192.0.2.1",
    "::FFFF:c000:0201",
    "0:0:0:0:0:ffff:192.0.2.77",
    "0000:0000:0000:0000:0000:ffff:c000:02ff",
  ])("takes %s for the IPv4 address it is, because one shopper must not have two networks", (address) => {
    expect(networkOf(address)).toBe("192.0.2.0/24");
  });

  it.each([
    "",
    "unknown",
    "192.0.2",
    "192.0.2.256",
    "192.0.2.1:443",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1::2::3",
    "1:2:3:4:5:6:7:8::",
    "12345::",
    "g::1",
    "::192.0.2.256",
    "::ffff:192.0.2",
  ])("has no network for %j", (text) => {
    expect(networkOf(text)).toBeNull();
  });
});

/** The groups of an IPv6 address in hexadecimal groups alone, or null: by its rules, one after the other. */
function groupsByRule(text: string): number[] | null {
  const halves = text.split("::").map((half) => (half === "" ? [] : half.split(":")));
  const given = halves.flat();
  if (halves.length > 2 || !given.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  if (halves.length === 1) return given.length === 8 ? given.map(hex) : null;
  if (given.length > 7) return null;
  const [before = [], after = []] = halves;
  return [...before, ...Array<string>(8 - given.length).fill("0"), ...after].map(hex);
}

function hex(group: string): number {
  return Number.parseInt(group, 16);
}

const PARTS = ["", "0", "1", "ab", "fFfF", "12345", "g", ":", "2001", "db8", "ffff", "."];

function randomAddress(random: Random): string {
  const parts = Array.from({ length: 1 + below(random, 9) }, () =>
    pick(random, chance(random, 0.9) ? PARTS.slice(1, 5) : PARTS),
  );
  const gap = below(random, parts.length + 1);
  return parts.map((part, index) => (index === gap ? `:${part}` : part)).join(":");
}

describe("isPlainIpv6", () => {
  it("takes of 50,000 texts those that the rules take, and their network is that of their groups", () => {
    const random = seededRandom(5);
    let taken = 0;
    for (let round = 0; round < 50_000; round++) {
      const text = chance(random, 0.5) ? randomAddress(random) : randomAddress(random).replace("::", ":");
      const groups = groupsByRule(text);
      expect(isPlainIpv6(text), text).toBe(groups !== null);
      if (groups === null) continue;
      taken++;
      const isMapped = groups.slice(0, 6).join() === "0,0,0,0,0,65535";
      const network = `${groups
        .slice(0, 4)
        .map((group) => group.toString(16))
        .join(":")}::/64`;
      if (!isMapped) expect(networkOf(text), text).toBe(network);
    }
    expect(taken).toBeGreaterThan(5_000);
  });
});
