import { describe, expect, it } from "vitest";
import { WaitingLine } from "./waiting-line.ts";

const TOGETHER = { items: 3, size: 100 };

/** A line whose portions are finished by hand. */
function bench() {
  const portions: string[][] = [];
  const finishes: (() => void)[] = [];
  /** One of them arrives each turn. */
  const onTheWay: string[] = [];
  const line = new WaitingLine<string>(
    async (items) => {
      portions.push(items);
      await new Promise<void>((resolve) => finishes.push(resolve));
    },
    TOGETHER,
    async () => {
      const item = onTheWay.shift();
      if (item !== undefined) line.join(item, 1);
    },
  );
  const finish = async () => {
    finishes.shift()?.();
    await new Promise((resolve) => setTimeout(resolve, 0));
  };
  return { line, portions, onTheWay, finish };
}

describe("WaitingLine", () => {
  it("works at once on what comes while nothing is under way, so that a lone event waits for nobody", () => {
    const { line, portions } = bench();
    line.join("a", 1);
    expect(portions).toEqual([["a"]]);
    expect(line.isIdle).toBe(false);
  });

  it("takes together what came meanwhile, in order and no more than a portion holds", async () => {
    const { line, portions, finish } = bench();
    for (const item of ["a", "b", "c", "d", "e"]) line.join(item, 1);
    await finish();
    await finish();
    expect(portions).toEqual([["a"], ["b", "c", "d"], ["e"]]);
  });

  it("lets in what is on its way before the next portion, until that is full", async () => {
    const { line, portions, onTheWay, finish } = bench();
    for (const item of ["a", "b"]) line.join(item, 1);
    onTheWay.push("c", "d", "e");
    await finish();
    expect([portions, onTheWay]).toEqual([[["a"], ["b", "c", "d"]], ["e"]]);
  });

  it("does not wait for anything on its way when nobody waits, or when the portion is full by size", async () => {
    const { line, portions, onTheWay, finish } = bench();
    onTheWay.push("x");
    line.join("a", 1);
    await finish();
    expect([portions, line.isIdle]).toEqual([[["a"]], true]);
    line.join("b", 1);
    line.join("c", 100);
    await finish();
    expect([portions, onTheWay]).toEqual([[["a"], ["b"], ["c"]], ["x"]]);
  });

  it.each([
    { sizes: [1, 60, 60], portions: [["0"], ["1"], ["2"]], because: "two are too large together" },
    { sizes: [1, 40, 60, 1], portions: [["0"], ["1", "2"], ["3"]], because: "two just fit" },
    { sizes: [1, 500, 1], portions: [["0"], ["1"], ["2"]], because: "one is larger than a portion, and still goes" },
  ])("cuts portions by size: $because", async ({ sizes, portions: expected }) => {
    const { line, portions, finish } = bench();
    sizes.forEach((size, index) => line.join(String(index), size));
    for (let done = 0; done < sizes.length; done++) await finish();
    expect(portions).toEqual(expected);
  });

  it("counts what waits and not what is under way, so that room is freed as soon as work begins", async () => {
    const { line, finish } = bench();
    const room = { items: 2, size: 10 };
    line.join("under way", 10);
    expect(line.hasRoom(10, room)).toBe(true);
    line.join("b", 6);
    expect([line.hasRoom(4, room), line.hasRoom(5, room)]).toEqual([true, false]);
    line.join("c", 4);
    expect(line.hasRoom(0, room)).toBe(false);
    await finish();
    expect(line.hasRoom(10, room)).toBe(true);
  });

  it("forgets what waits when it is cleared, and its size with it", async () => {
    const { line, portions, finish } = bench();
    for (const item of ["a", "b", "c"]) line.join(item, 5);
    expect(line.clear()).toEqual(["b", "c"]);
    expect(line.hasRoom(5, { items: 1, size: 5 })).toBe(true);
    await finish();
    expect([portions, line.isIdle]).toEqual([[["a"]], true]);
  });

  it("says when all is done, what joined meanwhile included", async () => {
    const { line, finish } = bench();
    line.join("a", 1);
    let done = false;
    const emptied = line.emptied().then(() => (done = true));
    line.join("b", 1);
    await finish();
    expect(done).toBe(false);
    await finish();
    await emptied;
    expect(line.isIdle).toBe(true);
  });

  it("is idle again after work that broke its word and threw", async () => {
    const line = new WaitingLine<string>(
      () => Promise.reject(new Error("broken")),
      TOGETHER,
      async () => undefined,
    );
    line.join("a", 1);
    await expect(line.emptied()).rejects.toThrow("broken");
    expect(line.isIdle).toBe(true);
  });
});
