import { expect, it } from "vitest";
import { createTeardown } from "./teardown.ts";

it("stops the last started first, and each before the next", async () => {
  const order: string[] = [];
  const teardown = createTeardown();
  for (const what of ["database", "workers", "gate"]) {
    teardown.add(what, async () => {
      order.push(`${what} stops`);
      await Promise.resolve();
      order.push(`${what} stopped`);
    });
  }
  expect(await teardown.run()).toEqual([]);
  expect(order).toEqual([
    "gate stops",
    "gate stopped",
    "workers stops",
    "workers stopped",
    "database stops",
    "database stopped",
  ]);
});

it("goes on after a failure and tells it, so that one part never leaves the others running", async () => {
  let isStopped = false;
  const teardown = createTeardown();
  teardown.add("database", async () => {
    isStopped = true;
  });
  teardown.add("workers", () => Promise.reject(new Error("does not answer")));
  expect(await teardown.run()).toEqual(["workers: does not answer"]);
  expect(isStopped).toBe(true);
});

it("stops everything once, however often it is run", async () => {
  let stops = 0;
  const teardown = createTeardown();
  teardown.add("database", async () => (stops += 1));
  await teardown.run();
  await teardown.run();
  expect(stops).toBe(1);
});
