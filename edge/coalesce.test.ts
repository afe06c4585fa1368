import { describe, expect, it } from "vitest";
import { coalesce } from "./coalesce.ts";

const PATIENCE_MS = 5;
const ALONE_FROM = 10;

/** A store whose calls the test answers: each answer is the question times ten. Time passes when the test says so. */
function store() {
  let nowMs = 0;
  let timers: { atMs: number; act(): void }[] = [];
  const kept: Promise<unknown>[] = [];
  const calls: { questions: number[]; answer(): void; fail(error: Error): void }[] = [];
  const ask = coalesce<number, number>(
    (questions) =>
      new Promise((resolve, reject) => {
        calls.push({ questions, answer: () => resolve(questions.map((question) => question * 10)), fail: reject });
      }),
    {
      patienceMs: PATIENCE_MS,
      nowMs: () => nowMs,
      after(delayMs, act) {
        const timer = { atMs: nowMs + delayMs, act };
        timers.push(timer);
        return () => void (timers = timers.filter((other) => other !== timer));
      },
      waitUntil: (call) => kept.push(call),
      aloneFrom: ALONE_FROM,
    },
  );
  return {
    ask,
    calls,
    kept,
    asked: () => calls.map(({ questions }) => questions),
    timers: () => timers.length,
    /** @param isAlive whether timers still go off: those of a request whose client hung up do not */
    pass(ms: number, isAlive = true) {
      nowMs += ms;
      const due = timers.filter(({ atMs }) => atMs <= nowMs);
      timers = timers.filter(({ atMs }) => atMs > nowMs);
      if (isAlive) for (const { act } of due) act();
    },
  };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe("coalesce", () => {
  it("lets a question go at once where no call is under way, so that nobody waits for company", async () => {
    const { ask, calls, asked, timers } = store();
    const first = ask([1, 2]);
    expect(asked()).toEqual([[1, 2]]);
    calls[0]?.answer();
    expect(await first).toEqual([10, 20]);
    const second = ask([3]);
    expect(asked()).toEqual([[1, 2], [3]]);
    calls[1]?.answer();
    expect(await second).toEqual([30]);
    expect(timers()).toBe(0);
  });

  it("lets so many questions at once that they fill a call go at once, whatever is under way, and hold up nobody", async () => {
    const { ask, calls, asked, timers } = store();
    const many = Array.from({ length: ALONE_FROM }, (_each, index) => index);
    const [first, large, second] = [ask([1]), ask(many), ask([2])];
    expect(asked()).toEqual([[1], many]);
    calls[0]?.answer();
    expect(await first).toEqual([10]);
    await settled();
    expect(asked()).toEqual([[1], many, [2]]);
    calls[2]?.answer();
    expect(await second).toEqual([20]);
    calls[1]?.fail(new Error("away"));
    await expect(large).rejects.toThrow("away");
    expect(timers()).toBe(0);
  });

  it("answers all that wait with one call as soon as the one under way has ended, each in its own order", async () => {
    const { ask, calls, asked, timers } = store();
    const first = ask([1]);
    const others = [ask([2, 3]), ask([4]), ask([5, 6])];
    expect(calls).toHaveLength(1);
    calls[0]?.answer();
    expect(await first).toEqual([10]);
    await settled();
    expect(asked()).toEqual([[1], [2, 3, 4, 5, 6]]);
    calls[1]?.answer();
    expect(await Promise.all(others)).toEqual([[20, 30], [40], [50, 60]]);
    expect(timers()).toBe(0);
  });

  it("waits for a slow call no longer than its patience, then lets all that wait go beside it", async () => {
    const { ask, calls, asked, pass } = store();
    const first = ask([1]);
    pass(2);
    const others = [ask([2]), ask([3])];
    pass(PATIENCE_MS - 1);
    await settled();
    expect(calls).toHaveLength(1);
    pass(1);
    await settled();
    expect(asked()).toEqual([[1], [2, 3]]);
    calls[1]?.answer();
    calls[0]?.answer();
    expect(await Promise.all([first, ...others])).toEqual([[10], [20], [30]]);
  });

  it("lets a question go at once beside a call that was waited for long enough", () => {
    const { ask, asked, pass } = store();
    void ask([1]);
    pass(PATIENCE_MS);
    void ask([2]);
    expect(asked()).toEqual([[1], [2]]);
  });

  it("waits for the latest call, though an earlier one ends", async () => {
    const { ask, calls, asked, pass } = store();
    const first = ask([1]);
    pass(PATIENCE_MS);
    const second = ask([2]);
    const third = ask([3]);
    calls[0]?.answer();
    await first;
    await settled();
    expect(asked()).toEqual([[1], [2]]);
    calls[1]?.answer();
    await second;
    await settled();
    expect(asked()).toEqual([[1], [2], [3]]);
    calls[2]?.answer();
    expect(await third).toEqual([30]);
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
    const { ask, calls, asked, pass } = store();
    void ask([1]); // never answered, and its client hung up
    const second = ask([2]);
    pass(PATIENCE_MS - 1, false);
    const third = ask([3]);
    expect(calls).toHaveLength(1);
    pass(1, false);
    const fourth = ask([4]);
    await settled();
    expect(new Set(asked().flat())).toEqual(new Set([1, 2, 3, 4]));
    for (const { answer } of calls) answer();
    expect(await Promise.all([second, third, fourth])).toEqual([[20], [30], [40]]);
  });

  it("asks of those who wait behind callers that are gone when another question comes", async () => {
    const { ask, calls, asked, pass } = store();
    void ask([1]); // never answered, and its client hung up
    void ask([2]); // likewise, while it waited for its turn
    const third = ask([3]);
    pass(PATIENCE_MS, false);
    const fourth = ask([4]);
    await settled();
    for (const { answer } of calls) answer();
    expect(await Promise.all([third, fourth])).toEqual([[30], [40]]);
    expect(new Set(asked().flat())).toEqual(new Set([1, 2, 3, 4]));
  });

  it("asks every question once, whenever others arrive while a turn passes on", async () => {
    for (let steps = 0; steps < 12; steps++) {
      for (const isSlow of [false, true]) {
        const { ask, calls, pass } = store();
        const asked = [ask([0]), ask([1]), ask([2])];
        if (isSlow) pass(PATIENCE_MS);
        calls[0]?.answer();
        // So many microtasks later, which is somewhere between the end of a call and the next.
        for (let step = 0; step < steps; step++) await Promise.resolve();
        asked.push(ask([100]), ask([101]));
        for (let round = 0; round < 6; round++) {
          await settled();
          for (const { answer } of calls) answer();
        }
        expect((await Promise.all(asked)).flat().length).toBe(5);
        const questions = calls.flatMap((call) => call.questions);
        expect(questions.length, `after ${steps} microtasks`).toBe(new Set(questions).size);
      }
    }
  });
});
