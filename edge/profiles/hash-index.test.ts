import { describe, expect, it } from "vitest";
import { hashText53 } from "../../shared/hash.ts";
import { seededRandom } from "../../shared/random.ts";
import { HashIndex } from "./hash-index.ts";

describe("HashIndex", () => {
  it("holds what a Map holds, whatever is set and deleted, far beyond its first size", () => {
    const random = seededRandom(7);
    const index = new HashIndex();
    const map = new Map<number, number>();
    for (let step = 0; step < 200_000; step++) {
      const hash = hashText53(`name ${Math.floor(random() * 20_000)}`);
      if (random() < 0.3) {
        index.delete(hash);
        map.delete(hash);
      } else {
        const value = 1 + Math.floor(random() * 0xffff_fffe);
        index.set(hash, value);
        map.set(hash, value);
      }
      if (index.get(hash) !== (map.get(hash) ?? 0)) expect.fail(`at step ${step}`);
    }
    expect(index.size).toBe(map.size);
    const hashes = Array.from({ length: 20_000 }, (_each, name) => hashText53(`name ${name}`));
    expect(hashes.filter((hash) => index.get(hash) !== (map.get(hash) ?? 0))).toEqual([]);
  });

  it("keeps apart and finds hashes that begin at the same slot, also around the end of the table", () => {
    const index = new HashIndex();
    const hashes = Array.from({ length: 50 }, (_each, at) => 1_020 + at * 1_024);
    for (const hash of hashes) index.set(hash, hash + 1);
    for (const hash of hashes.filter((_hash, at) => at % 3 === 0)) index.delete(hash);
    hashes.forEach((hash, at) => expect(index.get(hash)).toBe(at % 3 === 0 ? 0 : hash + 1));
  });

  it("takes 0 and the greatest hash as any other", () => {
    const index = new HashIndex();
    expect(index.get(0)).toBe(0);
    index.set(0, 5);
    index.set(Number.MAX_SAFE_INTEGER, 0xffff_ffff);
    expect([index.get(0), index.get(Number.MAX_SAFE_INTEGER), index.size]).toEqual([5, 0xffff_ffff, 2]);
    index.delete(0);
    expect([index.get(0), index.size]).toEqual([0, 1]);
  });
});
