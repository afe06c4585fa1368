import { describe, expect, it } from "vitest";
import { sha256Hex } from "./digest.ts";

describe("sha256Hex", () => {
  it("gives the published digest of abc, as text or bytes", async () => {
    const digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    expect(await sha256Hex("abc")).toBe(digest);
    expect(await sha256Hex(new Uint8Array([97, 98, 99]))).toBe(digest);
  });
});
