import { describe, expect, it } from "vitest";
import { createPseudonymizer, normalEmail } from "./privacy.ts";

describe("createPseudonymizer", () => {
  const hash = createPseudonymizer("0b".repeat(32));

  it("gives the same text the same 128 bits, in every isolate", async () => {
    const again = createPseudonymizer("0b".repeat(32));
    expect(hash("email", "ann@shop.example")).toMatch(/^[0-9a-f]{32}$/);
    expect(hash("email", "ann@shop.example")).toBe(again("email", "ann@shop.example"));
  });

  it("tells texts, kinds and keys apart", async () => {
    const other = createPseudonymizer("0c".repeat(32));
    const hashes = [
      hash("email", "a"),
      hash("email", "b"),
      hash("ip", "a"),
      hash("card", "a"),
      hash("id", "a"),
      other("email", "a"),
    ];
    expect(new Set(hashes).size).toBe(6);
  });

  it("is HMAC-SHA-256 of kind and text, so that a hash can be made again elsewhere with the key", async () => {
    const key = await crypto.subtle.importKey(
      "raw",
      new Uint8Array(32).fill(0x0b),
      { name: "HMAC", hash: "SHA-256" },
      false,
      ["sign"],
    );
    const bytes = new Uint8Array(
      await crypto.subtle.sign("HMAC", key, new TextEncoder().encode("ip:192.0.2.0/24")),
      0,
      16,
    );
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    expect(hash("ip", "192.0.2.0/24")).toBe(hex);
  });
});

describe("many hashes in turn", () => {
  it("are each HMAC-SHA-256 of kind and text, however long and whatever was hashed before", async () => {
    const hash = createPseudonymizer("0b".repeat(32));
    const raw = new Uint8Array(32).fill(0x0b);
    const key = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    for (let length = 0; length < 300; length++) {
      const text = "aé€😀".repeat(100).slice(0, length).toWellFormed();
      const signed = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(`id:${text}`));
      expect(hash("id", text)).toBe(Buffer.from(signed, 0, 16).toString("hex"));
    }
  });
});

describe("normalEmail", () => {
  it("is one for every way to write an address, so that its hashes join", () => {
    expect(normalEmail(" Ann@Shop.EXAMPLE\n")).toBe("ann@shop.example");
  });
});
