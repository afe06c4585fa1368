import { describe, expect, it } from "vitest";
import { seededRandom } from "../../shared/random.ts";
import { openSqlite } from "../test-sqlite.ts";
import { KeptProfiles, type Room } from "./kept-profiles.ts";

const AT_MS = Date.parse("2026-11-21T10:00:00.000Z");
const ROOM: Room = { atHand: 100, packedLength: 10_000 };

/** Profiles whose only figure is how many orders they saw, on a disk that outlives them. */
function opened(room = ROOM) {
  const sql = openSqlite();
  let writes = 0;
  const open = () =>
    new KeptProfiles(
      sql,
      () => AT_MS,
      () => void writes++,
      room,
    );
  let profiles = open();
  return {
    order(...names: string[]) {
      profiles.fetch(names);
      for (const name of names) {
        profiles.get(name).orders += 1;
        profiles.touch(name);
      }
    },
    ordersOf: (name: string) => profiles.get(name).orders,
    flush: () => [...profiles.flush()].length,
    flushing: () => profiles.flush(),
    write: (name: string) => profiles.write(name),
    isWritten: () => profiles.isWritten,
    restart: () => void (profiles = open()),
    writes: () => writes,
  };
}

const named = (count: number, from = 0) => Array.from({ length: count }, (_each, at) => `customer:${from + at}`);

describe("KeptProfiles", () => {
  it("knows what each learned, at hand, packed, and let go to disk", () => {
    const store = opened();
    for (const name of named(2_000)) store.order(name);
    for (const name of named(2_000)) store.order(name);
    expect(named(2_000).map(store.ordersOf)).toEqual(named(2_000).map(() => 2));
  });

  it("has on disk what is let go, and what goes before it is written first", () => {
    const store = opened();
    store.order(...named(100));
    expect(store.writes()).toBe(0);
    store.order(...named(2_000, 100));
    expect(store.writes()).toBeGreaterThan(0);
    store.restart();
    expect(store.ordersOf("customer:0")).toBe(1);
    expect(store.ordersOf("customer:2099")).toBe(0);
  });

  it("writes nothing while there is room", () => {
    const store = opened({ atHand: 100, packedLength: 10_000_000 });
    store.order(...named(2_000));
    expect(store.writes()).toBe(0);
    store.restart();
    expect(store.ordersOf("customer:0")).toBe(0);
  });

  it("has everything on disk after a flush, at hand or packed, and writes none of it again", () => {
    const store = opened({ atHand: 100, packedLength: 10_000_000 });
    store.order(...named(1_200));
    expect(store.isWritten()).toBe(false);
    expect(store.flush()).toBeGreaterThan(2);
    expect(store.isWritten()).toBe(true);
    const writes = store.writes();
    store.flush();
    expect(store.writes()).toBe(writes);
    store.restart();
    expect(named(1_200).map(store.ordersOf)).toEqual(named(1_200).map(() => 1));
  });

  it("holds all of one call at once, though they are more than may be at hand", () => {
    const store = opened();
    store.order(...named(1_000));
    store.order(...named(1_000));
    expect(named(1_000).map(store.ordersOf)).toEqual(named(1_000).map(() => 2));
  });

  it("loses nothing, in whatever order profiles change, are asked for, written one by one, and flushed", () => {
    const random = seededRandom(3);
    const store = opened();
    const orders = new Map<string, number>();
    for (let step = 0; step < 20_000; step++) {
      const name = `customer:${Math.floor(random() ** 2 * 1_500)}`;
      const chance = random();
      if (chance < 0.7) {
        store.order(name);
        orders.set(name, (orders.get(name) ?? 0) + 1);
      } else if (chance < 0.97) {
        if (store.ordersOf(name) !== (orders.get(name) ?? 0)) expect.fail(`${name} at step ${step}`);
      } else if (chance < 0.99) {
        store.write(name);
      } else if (chance < 0.999) {
        const steps = store.flushing();
        for (let left = Math.floor(random() * 6); left > 0; left--) steps.next(); // cut off, as by a crash of the flush
      } else {
        store.flush();
        store.restart();
      }
    }
    expect([...orders.keys()].map(store.ordersOf)).toEqual([...orders.values()]);
  });
});
