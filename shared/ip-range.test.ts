import { describe, expect, it } from "vitest";
import { addressKey, ipRangeText, readIpRange } from "./ip-range.ts";

const text = (written: string) => {
  const range = readIpRange(written);
  return range === null ? null : ipRangeText(range);
};

describe("readIpRange", () => {
  it.each([
    ["192.0.2.1", "192.0.2.1/32"],
    ["192.0.2.1/32", "192.0.2.1/32"],
    ["192.0.2.128/25", "192.0.2.128/25"],
    ["0.0.0.0/0", "0.0.0.0/0"],
    ["255.255.255.255", "255.255.255.255/32"],
    ["2001:DB8::/32", "2001:db8::/32"],
    ["2001:0db8:0000:0000:0001:0000:0000:0001", "2001:db8::1:0:0:1/128"],
    ["2001:db8::1/128", "2001:db8::1/128"],
    ["::/0", "::/0"],
    ["::1", "::1/128"],
    ["fe80::/10", "fe80::/10"],
    ["64:ff9b::192.0.2.0/120", "64:ff9b::c000:200/120"],
    ["::ffff:192.0.2.1", "192.0.2.1/32"],
    ["::ffff:192.0.2.0/120", "192.0.2.0/24"],
    ["::FFFF:0:0/96", "0.0.0.0/0"],
  ])("takes %s for %s, so that a range has one spelling", (written, canonical) => {
    expect(text(written)).toBe(canonical);
    expect(text(canonical)).toBe(canonical);
  });

  it.each([
    { written: "", because: "it is empty" },
    { written: "/24", because: "it has no address" },
    { written: "192.0.2.0/", because: "it has no prefix" },
    { written: "192.0.2.0/33", because: "IPv4 has 32 bits" },
    { written: "192.0.2.0/-1", because: "a prefix is not negative" },
    { written: "192.0.2.0/024", because: "a prefix has no leading zero" },
    { written: "192.0.2.0/24/24", because: "it has two prefixes" },
    { written: "192.0.2.1/24", because: "it has bits beyond its prefix" },
    { written: "0.0.0.1/0", because: "it has bits beyond its prefix" },
    { written: "192.0.2.0/22", because: "a bit of the digit the prefix divides is beyond it" },
    { written: "2001:db8::1/64", because: "it has bits beyond its prefix" },
    { written: "::ffff:0:0/90", because: "it has bits beyond its prefix" },
    { written: "2001:db8::/129", because: "IPv6 has 128 bits" },
    { written: "010.0.0.1", because: "who reads it as octal means another address" },
    { written: "192.0.2", because: "it has three numbers" },
    { written: "192.0.2.256", because: "a number is too large" },
    { written: "0xc0.0.2.1", because: "it is hexadecimal" },
    { written: "1::2::3", because: "it has two gaps" },
    { written: "1:2:3:4:5:6:7:8::", because: "its gap is of nothing" },
    { written: "1:2:3:4:5:6:7::8:9", because: "it has nine groups" },
    { written: "::1]/x[", because: "it is no address" },
    { written: "fe80::1%eth0/128", because: "a zone is known to one machine alone" },
    { written: "shop.example", because: "it is a name" },
  ])("refuses $written: $because", ({ written }) => {
    expect(readIpRange(written)).toBeNull();
  });
});

describe("addressKey", () => {
  it.each([
    ["192.0.2.1", ["::ffff:192.0.2.1", "::FFFF:c000:201", "0:0:0:0:0:ffff:c000:0201"]],
    ["2001:db8::1", ["2001:DB8:0:0:0:0:0:1", "2001:db8::0001%eth0", "2001:db8::0.0.0.1"]],
  ])("is the same for %s however it is written", (address, spellings) => {
    for (const spelling of spellings) expect(addressKey(spelling)).toBe(addressKey(address));
  });

  it("sorts as addresses do, and no IPv4 address into a range of IPv6", () => {
    const rising = ["0.0.0.0", "9.255.255.255", "10.0.0.0", "255.255.255.255", "::", "::1", "1::", "ffff::"];
    const keys = rising.map((address) => addressKey(address) ?? "");
    expect(keys.toSorted()).toEqual(keys);
  });

  it.each(["", "unknown", "192.0.2.1:443", "1:2:3:4:5:6:7", "[::1]", "::192.0.2.256"])("has none for %j", (address) => {
    expect(addressKey(address)).toBeNull();
  });
});
