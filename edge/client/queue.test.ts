import { beforeEach, describe, expect, it } from "vitest";
import { createQueue, type Queue } from "./queue.ts";

interface Waiting {
  number: number;
  bytes: number;
  setbacks: number;
}

const entry = (number: number, bytes = 10, setbacks = 0): Waiting => ({ number, bytes, setbacks });
const all = { events: 100, bytes: 1_000 };

let queue: Queue<Waiting>;
beforeEach(() => {
  queue = createQueue();
});
const take = (most = all) => queue.take(most).map(({ number }) => number);

describe("createQueue", () => {
  it("gives entries in the order of tracking, in whatever order they come back", () => {
    for (const number of [1, 2, 3, 4, 5, 6]) queue.add(entry(number));
    const first = queue.take({ events: 2, bytes: 1_000 });
    const second = queue.take({ events: 2, bytes: 1_000 });
    queue.putBack(first);
    queue.putBack(second);
    queue.add(entry(0)); // tracked first, and asked about alone until now
    expect(take()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it("counts what waits, however it comes and goes", () => {
    const counts = () => [queue.events(), queue.bytes()];
    for (const number of [1, 2, 3]) queue.add(entry(number, number));
    expect(counts()).toEqual([3, 6]);
    const taken = queue.take({ events: 2, bytes: 1_000 });
    expect(counts()).toEqual([1, 3]);
    queue.putBack(taken);
    expect(counts()).toEqual([3, 6]);
    expect(queue.takeAll()).toHaveLength(3);
    expect(counts()).toEqual([0, 0]);
  });

  it.each([
    { most: { events: 2, bytes: 1_000 }, taken: [1, 2], because: "so many are allowed" },
    { most: { events: 9, bytes: 33 }, taken: [1, 2, 3], because: "so many fit, each with a comma" },
    { most: { events: 9, bytes: 32 }, taken: [1, 2], because: "a third would not fit" },
    { most: { events: 9, bytes: 5 }, taken: [1], because: "one is always taken" },
  ])("gives $taken within $most, as $because", ({ most, taken }) => {
    for (const number of [1, 2, 3, 4]) queue.add(entry(number));
    expect(take(most)).toEqual(taken);
  });

  it("keeps what failed alone behind everything else, and gives it alone, so that it spoils no other request", () => {
    queue.putBack([entry(1, 10, 2), entry(2, 10, 1)]);
    queue.add(entry(3));
    queue.add(entry(4));
    expect([take(), take(), take(), take()]).toEqual([[3, 4], [2], [1], []]);
  });
});
