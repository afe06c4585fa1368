import { describe, expect, it } from "vitest";
import { hashText, hashText53 } from "./hash.ts";

describe("hashText", () => {
  it.each([
    ["", 0x811c9dc5],
    ["a", 0xe40c292c],
    ["foobar", 0xbf9cf968],
  ])("gives %j the FNV-1a of its published vectors, so that profiles stay where they are", (text, hash) => {
    expect(hashText(text)).toBe(hash);
  });

  it("spreads entities evenly over shards, so that none gets twice its share", () => {
    const shards = new Uint32Array(16);
    for (let index = 0; index < 16_000; index++) {
      const shard = hashText(`customer:u-${index}`) % shards.length;
      shards[shard] = (shards[shard] ?? 0) + 1;
    }
    expect(Math.max(...shards)).toBeLessThan(1_300);
    expect(Math.min(...shards)).toBeGreaterThan(700);
  });
});

describe("hashText53", () => {
  it.each([
    ["", 68714113796629],
    ["customer:u-1", 8910756468067728],
    ["ip:2001:db8:0:1::/64", 7508069432736217],
  ])("gives %j the same hash in every version, so that rows are found under it", (text, hash) => {
    expect(hashText53(text)).toBe(hash);
  });

  it("tells 300,000 names apart that differ in a digit or in their kind, by whole numbers a database can hold", () => {
    const hashes = new Set<number>();
    for (let index = 0; index < 100_000; index++) {
      for (const kind of ["customer", "card", "ip"]) hashes.add(hashText53(`${kind}:${index}`));
    }
    expect(hashes.size).toBe(300_000);
    expect([...hashes].every((hash) => Number.isSafeInteger(hash) && hash >= 0)).toBe(true);
  });
});
