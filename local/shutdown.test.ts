import { expect, it } from "vitest";
import { keepAccepted } from "./shutdown.ts";

/** A queue in a world in which time only passes in `sleep`: its messages leave at one speed with a database and at another without. */
function queueOf(messages: number, aSecond: { stored: number; setAside: number }) {
  let left = messages;
  let clockMs = 0;
  let closedMs: number | undefined;
  return {
    work: {
      queueBacklog: async () => Math.max(0, Math.ceil(left)),
      inFlight: () => 0,
      closeDatabase: async () => void (closedMs = clockMs),
      nowMs: () => clockMs,
      sleep: async (ms: number) => {
        clockMs += ms;
        left -= (ms / 1_000) * (closedMs === undefined ? aSecond.stored : aSecond.setAside);
      },
    },
    closedMs: () => closedMs,
    tookMs: () => clockMs,
  };
}

it("stores what can be stored in time, and leaves the database alone", async () => {
  const queue = queueOf(10, { stored: 20, setAside: 0 });
  expect(await keepAccepted(queue.work)).toMatchObject({ kind: "drained" });
  expect(queue.closedMs()).toBeUndefined();
});

it("has the rest set aside by taking the database away, so that nothing accepted is lost within 10 s", async () => {
  const queue = queueOf(1_000, { stored: 20, setAside: 200 });
  expect(await keepAccepted(queue.work)).toMatchObject({ kind: "drained" });
  expect(queue.closedMs()).toBeLessThan(3_000);
  expect(queue.tookMs()).toBeLessThan(9_000);
});

it("takes longer rather than lose what was accepted, and tells what is left when even that was in vain", async () => {
  const slow = queueOf(3_000, { stored: 20, setAside: 200 });
  expect(await keepAccepted(slow.work)).toMatchObject({ kind: "drained" });
  const stuck = queueOf(3_000, { stored: 0, setAside: 0 });
  expect(await keepAccepted(stuck.work)).toMatchObject({ kind: "remaining", queued: 3_000 });
});
