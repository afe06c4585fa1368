import { describe, expect, it } from "vitest";
import { originAllowed } from "../../shared/keys.ts";
import { originFault } from "./origin.ts";

describe("originFault", () => {
  it.each([
    "https://shop.example",
    "https://shop.example:8443",
    "https://www.shop-24.co.uk",
    "https://xn--bcher-kva.example",
    "https://my_shop.example",
    "https://intranet",
    "https://203.0.113.7",
    "https://[2001:db8::1]",
    "https://localhost:5173",
    "http://localhost",
    "http://localhost:3000",
    "http://127.0.0.1:1",
    "http://[::1]:8080",
  ])("takes %s, as browsers send it", (origin) => {
    expect(originFault(origin)).toBeNull();
    expect(originAllowed(origin, [origin])).toBe(true);
    // Browsers send what a URL makes of the address of the page.
    expect(new URL(`${origin}/a/page?x=1#y`).origin).toBe(origin);
  });

  it.each(["http://localhost:*", "http://127.0.0.1:*", "http://[::1]:*", "https://localhost:*"])(
    "takes %s, any port of the own machine",
    (origin) => {
      expect(originFault(origin)).toBeNull();
      expect(originAllowed(origin.replace("*", "4321"), [origin])).toBe(true);
    },
  );

  it.each([
    { origin: "", because: "it is empty" },
    { origin: "*", because: "it is every page" },
    { origin: "null", because: "it is what sandboxed pages and files send, which anybody can be" },
    { origin: "shop.example", because: "it has no scheme" },
    { origin: "//shop.example", because: "it has no scheme" },
    { origin: "https://", because: "it has no host" },
    { origin: "https://shop.example/", because: "a slash follows" },
    { origin: "https://shop.example/cart", because: "a path follows" },
    { origin: "https://shop.example?x=1", because: "a query follows" },
    { origin: "https://shop.example#x", because: "a fragment follows" },
    { origin: "https://Shop.example", because: "of upper case" },
    { origin: "HTTPS://shop.example", because: "of upper case" },
    { origin: "https://shop.example:443", because: "the port is the default" },
    { origin: "http://localhost:80", because: "the port is the default" },
    { origin: "https://shop.example:08443", because: "the port has a zero before it" },
    { origin: "https://shop.example:", because: "the port is empty" },
    { origin: "https://shop.example:99999", because: "there is no such port" },
    { origin: "https://bücher.example", because: "the name is not ASCII" },
    { origin: "https://shop。example", because: "the dot is not ASCII" },
    { origin: "https://0x7f.1", because: "browsers write the address another way" },
    { origin: "https://[::ffff:1.2.3.4]", because: "browsers write the address another way" },
    { origin: "https://user:secret@shop.example", because: "it holds credentials" },
    { origin: " https://shop.example", because: "a space comes first" },
    { origin: "https://shop.example\n", because: "a line ends" },
    { origin: "https://shop.example,https://other.example", because: "it is two" },
    { origin: "https://*.shop.example", because: "it is a wildcard" },
    { origin: "https://shop.*", because: "it is a wildcard" },
    { origin: "https://shop.example:*", because: "only the own machine has any port" },
    { origin: "http://localhost.evil.example:*", because: "only the own machine has any port" },
    { origin: "https://shop!.example", because: "no host is named so" },
    { origin: "https://-shop.example", because: "no host is named so" },
    { origin: "https://shop.example.", because: "a dot follows" },
    { origin: `https://${"a".repeat(64)}.example`, because: "a label is too long" },
    { origin: `https://${"abcdefghi.".repeat(26)}example`, because: "the name is too long" },
    { origin: "http://shop.example", because: "anybody on the way could be the page" },
    { origin: "http://localhost.example", because: "it only looks local" },
    { origin: "http://127.0.0.2", because: "it only looks local" },
    { origin: "ftp://shop.example", because: "no page has this scheme" },
    { origin: "file://", because: "no page has this scheme" },
    { origin: "javascript:alert(1)", because: "no page has this scheme" },
    { origin: "blob:https://shop.example/1", because: "no page has this scheme" },
    { origin: "chrome-extension://abcdefghijklmnop", because: "no page has this scheme" },
  ])("refuses $origin: $because", ({ origin }) => {
    const fault = originFault(origin);
    expect(fault).toMatch(/^must /);
    if (origin !== "") expect(fault).not.toContain(origin.trim());
  });
});
