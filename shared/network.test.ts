import { describe, expect, it } from "vitest";
import { networkOf } from "./network.ts";

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
