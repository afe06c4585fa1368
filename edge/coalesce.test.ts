import { describe, expect, it } from "vitest";
import { coalesce } from "./coalesce.ts";

/** A store whose calls the test answers: each answer is the question times ten. */
function store({ callsMost = 1, patienceMs = 40 } = {}) {
  let nowMs = 0;
  const kept: Promise<unknown>[] = [];
  const calls: { questions: number[]; answer(): void; fail(error: Error): void }[] = [];
  const ask = coalesce<number, number>(
    (questions) =>
      new Promise((resolve, reject) => {
        calls.push({ questions, answer: () => resolve(questions.map((question) => question * 10)), fail: reject });
      }),
    { callsMost, patienceMs, nowMs: () => nowMs, waitUntil: (call) => kept.push(call) },
  );
  return { ask, calls, kept, pass: (ms: number) => (nowMs += ms) };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe("coalesce", () => {
  it("lets questions go at once and each by itself while few calls are under way, so that nobody waits for company", async () => {
    const { ask, calls } = store({ callsMost: 2 });
    const asked = [ask([1, 2]), ask([3])];
    expect(calls.map(({ questions }) => questions)).toEqual([[1, 2], [3]]);
    calls[1]?.answer();
    calls[0]?.answer();
    expect(await Promise.all(asked)).toEqual([[10, 20], [30]]);
  });

  it("answers all that wait with one call as soon as one has ended, each in its own order", async () => {
    const { ask, calls } = store();
    const first = ask([1]);
    const others = [ask([2, 3]), ask([4]), ask([5, 6])];
    expect(calls).toHaveLength(1);
    calls[0]?.answer();
    expect(await first).toEqual([10]);
    await settled();
    expect(calls.map(({ questions }) => questions)).toEqual([[1], [2, 3, 4, 5, 6]]);
    calls[1]?.answer();
    expect(await Promise.all(others)).toEqual([[20, 30], [40], [50, 60]]);
  });

  it("lets a failed call fail those in it alone, and goes on with the next", async () => {
    const { ask, calls } = store();
    const first = expect(ask([1])).rejects.toThrow("away");
    const second = ask([2]);
    calls[0]?.fail(new Error("away"));
    await first;
    await settled();
    const third = expect(ask([3])).rejects.toThrow("away again");
    const fourth = expect(ask([4])).rejects.toThrow("away again");
    calls[1]?.answer();
    expect(await second).toEqual([20]);
    await settled();
    calls[2]?.fail(new Error("away again"));
    await Promise.all([third, fourth]);
  });

  it("keeps a call alive that others wait for, should the client of the one who made it hang up", async () => {
    const { ask, calls, kept } = store();
    const first = ask([1]);
    expect(kept).toHaveLength(0);
    const others = [ask([2]), ask([3])];
    calls[0]?.answer();
    await first;
    await settled();
    expect(kept).toHaveLength(1);
    calls[1]?.answer();
    await Promise.all(others);
  });

  it("goes on without a caller that is gone: after its turn the next question takes over, with all that wait", async () => {
    const { ask, calls, pass } = store({ patienceMs: 40 });
    void ask([1]); // never answered, as when the client hung up
    const second = ask([2]);
    pass(39);
    const third = ask([3]);
    expect(calls).toHaveLength(1);
    pass(1);
    const fourth = ask([4]);
    expect(calls[1]?.questions).toEqual([4, 2, 3]);
    calls[1]?.answer();
    expect(await Promise.all([second, third, fourth])).toEqual([[20], [30], [40]]);
  });

  it.each([1, 2, 3])(
    "asks every question once, whenever others arrive while a turn passes on (%i at a time)",
    async (callsMost) => {
      for (let steps = 0; steps < 12; steps++) {
        const { ask, calls, pass } = store({ callsMost, patienceMs: 40 });
        const asked = Array.from({ length: callsMost + 1 }, (_each, index) => ask([index]));
        // The other calls under way are slow and hold their places no longer.
        pass(40);
        calls[0]?.answer();
        // So many microtasks later, which is somewhere between the end of a call and the next.
        for (let step = 0; step < steps; step++) await Promise.resolve();
        asked.push(ask([100]), ask([101]));
        for (let round = 0; round < 6; round++) {
          await settled();
          for (const { answer } of calls) answer();
        }
        expect((await Promise.all(asked)).flat().length).toBe(callsMost + 3);
        const questions = calls.flatMap((call) => call.questions);
        expect(questions.length, `after ${steps} microtasks`).toBe(new Set(questions).size);
      }
    },
  );

  it("passes a turn to each of those that wait when calls end at once, so that no place is lost", async () => {
    const { ask, calls } = store({ callsMost: 2 });
    const asked = [ask([1]), ask([2]), ask([3])];
    calls[0]?.answer();
    calls[1]?.answer();
    await settled();
    asked.push(ask([4]));
    expect(calls.map(({ questions }) => questions)).toEqual([[1], [2], [3], [4]]);
    for (const { answer } of calls) answer();
    expect(await Promise.all(asked)).toEqual([[10], [20], [30], [40]]);
  });
});
