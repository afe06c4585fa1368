import { describe, expect, it } from "vitest";
import { drain } from "./drain.ts";

/** A world in which time only passes in `sleep`, and what there is to do depends on it. */
function world(state: { queued(ms: number): number; busy(ms: number): number }) {
  let clockMs = 1_000;
  const sinceMs = () => clockMs - 1_000;
  return {
    queueBacklog: async () => state.queued(sinceMs()),
    inFlight: () => state.busy(sinceMs()),
    nowMs: () => clockMs,
    sleep: async (ms: number) => {
      clockMs += ms;
    },
    deadlineMs: 5_000,
    quietMs: 500,
  };
}

describe("drain", () => {
  it("waits until the queue is empty and the database has been idle for quietMs", async () => {
    const outcome = await drain(world({ queued: (ms) => (ms < 1_000 ? 3 : 0), busy: (ms) => (ms < 2_000 ? 1 : 0) }));
    expect(outcome).toEqual({ kind: "drained", tookMs: 2_500 });
  });

  it("starts the quiet time again when work comes back, as a batch has several statements", async () => {
    const outcome = await drain(world({ queued: () => 0, busy: (ms) => (ms === 300 || ms === 700 ? 1 : 0) }));
    expect(outcome).toEqual({ kind: "drained", tookMs: 1_300 });
  });

  it("takes at least quietMs even when nothing is to do: a message may be between the two", async () => {
    const outcome = await drain(world({ queued: () => 0, busy: () => 0 }));
    expect(outcome).toEqual({ kind: "drained", tookMs: 500 });
  });

  it("reports what remains at the deadline", async () => {
    const outcome = await drain(world({ queued: () => 12, busy: () => 2 }));
    expect(outcome).toEqual({ kind: "remaining", queued: 12, inFlight: 2 });
  });

  it("does not call a queue empty that it cannot ask, and says why at the deadline", async () => {
    const reason = new Error("the runtime is gone");
    const outcome = await drain({
      ...world({ queued: () => 0, busy: () => 0 }),
      queueBacklog: () => Promise.reject(reason),
    });
    expect(outcome).toEqual({ kind: "remaining", queued: undefined, inFlight: 0, reason });
  });
});
