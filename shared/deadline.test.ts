import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DeadlinePassed, withDeadline } from "./deadline.ts";

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
