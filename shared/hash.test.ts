import { describe, expect, it } from "vitest";
import { hashText } from "./hash.ts";

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
