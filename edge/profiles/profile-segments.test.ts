import { describe, expect, it } from "vitest";
import { seededRandom } from "../../shared/random.ts";
import { openSqlite } from "../test-sqlite.ts";
import { ProfileSegments } from "./profile-segments.ts";

const DAY_MS = 86_400_000;
const START_MS = Date.parse("2026-11-21T10:00:00.000Z");
/** About what an entity takes that was seen a few times. */
const LENGTH = 700;

/** Segments on a disk that outlives them. */
function opened() {
  const sql = openSqlite();
  let nowMs = START_MS;
  let segments = new ProfileSegments(sql, () => nowMs);
  const rowsOf = (table: string) =>
    sql.exec<{ rows: number }>(`SELECT count(*) AS rows FROM ${table}`).toArray()[0]?.rows;
  return {
    write: (...profiles: [name: string, data: string][]) =>
      segments.write(profiles.map(([name, data]) => ({ name, data, seenMs: nowMs }))),
    read: (...names: string[]) => Object.fromEntries(segments.read(names)),
    tidy: () => [...segments.tidy()].length,
    tidying: () => segments.tidy(),
    restart: () => void (segments = new ProfileSegments(sql, () => nowMs)),
    pass: (ms: number) => void (nowMs += ms),
    size: () => segments.size,
    rows: () => ({ segments: rowsOf("profile_segments"), homes: rowsOf("profile_homes") }),
    characters: () =>
      sql.exec<{ sum: number }>("SELECT total(length(data)) AS sum FROM profile_segments").toArray()[0]?.sum ?? 0,
  };
}

function many(count: number, version: string | number = 1): [name: string, data: string][] {
  return Array.from({ length: count }, (_each, at) => [`customer:${at}`, lineOf(at, version)]);
}

function lineOf(at: number, version: string | number): string {
  return `[${at},"${version}"]`.padEnd(LENGTH, " ");
}

describe("ProfileSegments", () => {
  it("gives what was written last under a name, and nothing of names it does not know, also after a restart", () => {
    const store = opened();
    store.write(["customer:1", "[1]"], ['device:ä\n\t"1', "[2]"]);
    store.write(["customer:1", "[3]"]);
    for (const restart of [false, true]) {
      if (restart) store.restart();
      expect(store.read("customer:1", 'device:ä\n\t"1', "customer:2")).toEqual({
        "customer:1": "[3]",
        'device:ä\n\t"1': "[2]",
      });
      expect(store.read("customer:2")).toEqual({});
      expect(store.read()).toEqual({});
      expect(store.size()).toBe(2);
    }
  });

  it("takes a row for some thirty profiles, and one of its own for a profile larger than a segment", () => {
    const store = opened();
    store.write(...many(300));
    expect(store.rows().segments).toBeLessThanOrEqual(10);
    store.write(["customer:large", "x".repeat(100_000)]);
    expect(store.rows().segments).toBeLessThanOrEqual(11);
    expect(store.read("customer:large")["customer:large"]).toHaveLength(100_000);
  });

  it("leaves no row of a segment that nothing lives in any more", () => {
    const store = opened();
    store.write(...many(300));
    const { segments } = store.rows();
    store.write(...many(300, 2));
    expect(store.rows()).toEqual({ segments, homes: segments });
    expect(store.read("customer:0", "customer:299")).toEqual({
      "customer:0": lineOf(0, 2),
      "customer:299": lineOf(299, 2),
    });
  });

  it("brings together what little is left of segments, a step at a time, and what is read stays the same", () => {
    const store = opened();
    store.write(...many(3_000));
    const others = many(3_000, 2).filter((_profile, at) => at % 8 !== 0);
    store.write(...others);
    const before = { ...store.rows(), characters: store.characters() };
    const expected = { ...Object.fromEntries(many(3_000)), ...Object.fromEntries(others) };
    const names = Object.keys(expected);
    const steps = store.tidying();
    while (steps.next().done !== true) expect(store.read(...names)).toEqual(expected);
    expect(store.rows().segments).toBeLessThan((before.segments ?? 0) * 0.6);
    expect(store.characters()).toBeLessThan(3_000 * LENGTH * 1.2);
    store.restart();
    expect(store.read(...names)).toEqual(expected);
  });

  it("brings together the small segments of a quiet shop, but not before they fill one", () => {
    const store = opened();
    for (let flush = 0; flush < 20; flush++) {
      store.write([`customer:${flush}`, lineOf(flush, 1)]);
      store.tidy();
    }
    expect(store.rows().segments).toBe(20);
    for (let flush = 20; flush < 200; flush++) {
      store.write([`customer:${flush}`, lineOf(flush, 1)]);
      store.tidy();
    }
    expect(store.rows().segments).toBeLessThan(60);
    expect(store.size()).toBe(200);
  });

  it("forgets a profile that was not written for 45 days, alone or among others that were", () => {
    const store = opened();
    store.write(...many(40));
    store.pass(30 * DAY_MS);
    store.write(...many(5, 2));
    store.pass(15 * DAY_MS + 1);
    for (let round = 0; round < 3; round++) store.tidy();
    expect(Object.keys(store.read(...many(40).map(([name]) => name)))).toHaveLength(5);
    expect(store.size()).toBe(5);
    store.restart();
    expect(store.size()).toBe(5);
  });

  it("lets nothing that is too old live on when it is brought together with what is not", () => {
    const store = opened();
    store.write(...many(400));
    store.pass(46 * DAY_MS);
    // One of each segment is new, and so are the segments that what is left of them is brought into.
    store.write(...many(400, 2).filter((_profile, at) => at % 10 !== 0));
    for (let round = 0; round < 3; round++) store.tidy();
    expect(Object.keys(store.read(...many(400).map(([name]) => name)))).toHaveLength(360);
  });

  it("holds what a Map holds, whatever is written, tidied and begun anew", () => {
    const random = seededRandom(11);
    const store = opened();
    const map = new Map<string, string>();
    for (let round = 0; round < 300; round++) {
      const profiles = many(Math.floor(random() * 200), round).map(([, data]): [string, string] => [
        `customer:${Math.floor(random() ** 2 * 2_000)}`,
        data.trimEnd().padEnd(Math.floor(random() * 3_000), " "),
      ]);
      const unique = new Map(profiles);
      store.write(...unique);
      for (const [name, data] of unique) map.set(name, data);
      if (random() < 0.5) {
        const steps = store.tidying();
        for (let step = Math.floor(random() * 8); step > 0; step--) steps.next(); // cut off, as by a crash
      }
      if (random() < 0.1) store.restart();
    }
    store.tidy();
    expect(store.read(...map.keys())).toEqual(Object.fromEntries(map));
    expect(store.size()).toBe(map.size);
    const living = [...map.values()].reduce((sum, data) => sum + data.length, 0);
    expect(store.characters()).toBeLessThan(living * 2.5);
  });
});
