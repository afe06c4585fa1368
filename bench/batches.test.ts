import { describe, expect, it } from "vitest";
import type { Event } from "../shared/event.ts";
import { batchesOf, EVENTS } from "./batches.ts";
import { shop } from "./traffic.ts";

const MADE = 3;

function eventsIn(batch: Buffer): Event[] {
  const { events } = JSON.parse(batch.toString()) as { events: Event[] }; // what batchesOf makes
  return events;
}

/** What the profiles know an event's people by. */
function peopleOf({ user_id, client_id, session_id, context }: Event): (string | undefined)[] {
  return [user_id, client_id, session_id, context?.ip].filter((text) => text !== undefined);
}

describe("batchesOf", () => {
  const batches = batchesOf(shop(), { made: MADE, run: "x7" });
  const sent = Array.from({ length: 4 * MADE }, (_batch, index) => eventsIn(batches(index)));

  it("gives every event an id of its own, however often it goes by", () => {
    const ids = sent.flat().map(({ id }) => id);
    expect(ids.length).toBe(4 * MADE * EVENTS);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => id.startsWith("evt_bench_x7_"))).toBe(true);
  });

  it("lets nobody do the same twice: the next time it is other people, and all else is the same", () => {
    for (let at = 0; at < MADE; at++) {
      const times = [0, 1, 2, 3].map((time) => sent[at + time * MADE] ?? []);
      const people = times.map((events) => new Set(events.flatMap(peopleOf)));
      expect(people[0]?.size).toBeGreaterThan(10);
      expect(new Set(people.flatMap((some) => [...some])).size).toBe(4 * (people[0]?.size ?? 0));
      const acts = times.map((events) => events.map(({ name, timestamp, items }) => ({ name, timestamp, items })));
      for (const others of acts) expect(others).toEqual(acts[0]);
    }
  });
});
