import { expect, it } from "vitest";
import type { Attack, ReplayEvent } from "./attacks.ts";
import { planReplay } from "./replay-plan.ts";

const replayed = (...attacks: (Attack | null)[]): ReplayEvent[] =>
  attacks.map((attack, index) => ({ event: { id: `event-${index}`, name: "purchase" }, atMs: index, attack }));

it("batches the shop's own events, sends an attack's one by one, and keeps the order", () => {
  const events = replayed(null, null, null, "card testing", "card testing", null, "price glitch", null, null);
  const plan = planReplay(events, 900, 2);
  expect(plan.map((request) => request.events.map(({ atMs }) => atMs))).toEqual([
    [0, 1],
    [2],
    [3],
    [4],
    [5],
    [6],
    [7, 8],
  ]);
  expect(plan.flatMap((request) => request.events)).toEqual(events);
});

it("spreads the requests evenly over the length of the replay, so that it never runs in bursts", () => {
  const plan = planReplay(replayed(...Array<null>(10).fill(null)), 1_000, 2);
  expect(plan.map(({ dueMs }) => dueMs)).toEqual([0, 200, 400, 600, 800]);
});
