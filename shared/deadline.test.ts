import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DeadlinePassed, Deadlines, withDeadline } from "./deadline.ts";

describe("withDeadline", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("gives what the call gives, and leaves no timer behind", async () => {
    await expect(withDeadline(Promise.resolve(1), 100)).resolves.toBe(1);
    await expect(withDeadline(Promise.reject(new Error("down")), 100)).rejects.toThrow("down");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("throws when the time has passed, not a millisecond before", async () => {
    let settled = false;
    const asked = withDeadline(new Promise(() => undefined), 100).finally(() => (settled = true));
    const refused = expect(asked).rejects.toBeInstanceOf(DeadlinePassed);
    await vi.advanceTimersByTimeAsync(99);
    expect(settled).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await refused;
  });

  it("lets nobody trip over a call that fails after its time", async () => {
    let fail = (_error: Error) => undefined as void;
    const call = new Promise<never>((_resolve, reject) => (fail = reject));
    const refused = expect(withDeadline(call, 10)).rejects.toBeInstanceOf(DeadlinePassed);
    await vi.advanceTimersByTimeAsync(10);
    await refused;
    // An unhandled rejection would fail this run.
    fail(new Error("late"));
    await vi.advanceTimersByTimeAsync(10);
  });
});

describe("Deadlines", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const never = () => new Promise<never>(() => undefined);
  const after = (ms: number) => new Promise<string>((resolve) => setTimeout(() => resolve("in time"), ms));

  it("gives what each call gives, with one timer for all, and leaves none behind", async () => {
    const deadlines = new Deadlines();
    await expect(deadlines.within(Promise.resolve(1), 100)).resolves.toBe(1);
    await expect(deadlines.within(Promise.reject(new Error("down")), 5_000)).rejects.toThrow("down");
    await expect(deadlines.within(Promise.resolve(2), 5_000)).resolves.toBe(2);
    expect(vi.getTimerCount()).toBe(1);
    deadlines.end();
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    [100, 5_000],
    [5_000, 100],
    [100, 100],
  ])("holds the second call to its own deadline (%i ms, then %i ms)", async (firstMs, secondMs) => {
    for (const spentMs of [0, 60]) {
      const deadlines = new Deadlines();
      const first = deadlines.within(after(spentMs), firstMs);
      await vi.advanceTimersByTimeAsync(spentMs);
      expect(await first).toBe("in time");
      let settled = false;
      const second = deadlines.within(never(), secondMs).finally(() => (settled = true));
      const refused = expect(second).rejects.toBeInstanceOf(DeadlinePassed);
      await vi.advanceTimersByTimeAsync(secondMs - 1);
      expect(settled).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      await refused;
      expect(vi.getTimerCount()).toBe(0);
    }
  });

  it("refuses nothing between calls, and the next has its time", async () => {
    const deadlines = new Deadlines();
    await deadlines.within(Promise.resolve(), 100);
    await vi.advanceTimersByTimeAsync(1_000);
    const next = deadlines.within(after(99), 100);
    await vi.advanceTimersByTimeAsync(99);
    expect(await next).toBe("in time");
    deadlines.end();
  });

  it("waits for nobody an hour because the clock was put back by one", async () => {
    const deadlines = new Deadlines();
    await deadlines.within(Promise.resolve(), 50);
    const refused = expect(deadlines.within(never(), 100)).rejects.toBeInstanceOf(DeadlinePassed);
    vi.setSystemTime(Date.now() - 3_600_000);
    await vi.advanceTimersByTimeAsync(50 + 100);
    await refused;
  });
});
