import { describe, expect, it } from "vitest";
import { below, chance, pick, seededRandom } from "./random.ts";
import { TextMap } from "./text-map.ts";

describe("TextMap", () => {
  it("is what a Map is, in the same order, through 200,000 changes", () => {
    const random = seededRandom(5);
    for (const names of [3, 40, 2_000]) {
      const [map, like] = [new Map<string, number>(), new TextMap<number>()];
      for (let step = 0; step < 66_000; step++) {
        const key = `name ${below(random, names)}`;
        const what = below(random, 6);
        if (what === 0) expect(like.delete(key)).toBe(map.delete(key));
        else if (what === 1) expect(like.get(key)).toBe(map.get(key));
        else if (what === 2) expect(like.renew(key)).toBe(renewed(map, key));
        else if (what === 3) expect(like.set(key, step).has(key)).toBe(map.set(key, step).has(key));
        else if (what === 4) expect(like.setLast(key, step).size).toBe(setLast(map, key, step).size);
        else expect(like.has(key)).toBe(map.has(key));
        if (chance(random, 0.001)) expect([...like]).toEqual([...map]);
      }
      expect(like.size).toBe(map.size);
      expect([...like.keys()]).toEqual([...map.keys()]);
      expect([...like]).toEqual([...map]);
    }
  });

  it("tells apart any texts, the empty one among them", () => {
    const texts = ["", "\0", "a", "A", "ä", "a ", "__proto__", "constructor", "1", "1.0", "\ud83d\ude00", "\ud83d"];
    const map = new TextMap<string>();
    for (const text of texts) map.set(text, text);
    for (const text of texts) expect(map.get(text)).toBe(text);
    expect(map.get("b")).toBeUndefined();
    for (const text of texts) map.delete(text);
    expect([map.size, map.has("a"), [...map].length]).toEqual([0, false, 0]);
  });

  it("lets those be deleted that are walked through, and the walk be broken off", () => {
    const map = new TextMap<number>();
    for (let index = 0; index < 100; index++) map.set(`name ${index}`, index);
    for (const [key, value] of map) {
      if (value === 50) break;
      map.delete(key);
    }
    expect([...map.keys()].slice(0, 2)).toEqual(["name 50", "name 51"]);
    expect(map.size).toBe(50);
  });

  it("keeps the order by last use of as many as there are, however often they are renewed", () => {
    const random = seededRandom(6);
    const names = Array.from({ length: 20 }, (_each, index) => `name ${index}`);
    const map = new TextMap<string>();
    for (const name of names) map.set(name, name);
    let last = "";
    for (let step = 0; step < 10_000; step++) map.renew((last = pick(random, names)));
    expect([...map.keys()].at(-1)).toBe(last);
    expect([...map.keys()].toSorted()).toEqual(names.toSorted());
  });
});

function renewed(map: Map<string, number>, key: string): number | undefined {
  const value = map.get(key);
  if (value === undefined) return undefined;
  map.delete(key);
  map.set(key, value);
  return value;
}

function setLast(map: Map<string, number>, key: string, value: number): Map<string, number> {
  map.delete(key);
  return map.set(key, value);
}
