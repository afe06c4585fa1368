import { EventEmitter } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { onNpmGone, onStopSignals } from "./stop-signals.ts";

let process: EventEmitter;
let called: string[];
let nowMs: number;
beforeEach(() => {
  process = new EventEmitter();
  called = [];
  nowMs = 0;
  const calls = { stop: () => void called.push("stop"), endNow: () => void called.push("end") };
  onStopSignals(process, calls, () => nowMs);
});

describe("onStopSignals", () => {
  it.each(["SIGINT", "SIGTERM", "SIGHUP"])("stops at %s", (signal) => {
    process.emit(signal);
    expect(called).toEqual(["stop"]);
  });

  it("takes the signal npm passes on for the same key stroke, and one a second later for another", () => {
    process.emit("SIGINT");
    nowMs = 20;
    process.emit("SIGINT");
    expect(called).toEqual(["stop"]);
    nowMs = 1_000;
    process.emit("SIGINT");
    expect(called).toEqual(["stop", "end"]);
  });
});

describe("onNpmGone", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each([
    { environment: { npm_lifecycle_event: "start" }, parents: [7, 1], stops: 1, because: "npm is gone" },
    { environment: { npm_lifecycle_event: "start" }, parents: [7, 7], stops: 0, because: "npm is there" },
    { environment: {}, parents: [7, 1], stops: 0, because: "it was started by hand, perhaps to outlive its terminal" },
  ])("stops $stops times when $because", ({ environment, parents, stops }) => {
    let parent = parents[0] ?? 0;
    let stopped = 0;
    onNpmGone(
      environment,
      () => parent,
      () => (stopped += 1),
    );
    parent = parents[1] ?? 0;
    vi.advanceTimersByTime(10_000);
    expect(stopped).toBe(stops);
  });
});
