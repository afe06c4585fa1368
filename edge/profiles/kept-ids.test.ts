import { describe, expect, it } from "vitest";
import { openSqlite } from "../test-sqlite.ts";
import { KeptIds } from "./kept-ids.ts";

const DAY_MS = 86_400_000;
const PERIOD_MS = 18 * DAY_MS;
/** The first moment of a period. */
const START_MS = 1_140 * PERIOD_MS;

function opened(sql = openSqlite()) {
  const clock = { ms: START_MS };
  const open = () => new KeptIds(sql, () => clock.ms);
  const tables = () =>
    sql.exec<{ name: string }>("SELECT name FROM sqlite_master WHERE name GLOB 'ids_*'").toArray().length;
  return { ids: open(), reopened: open, clock, tables };
}

const names = (count: number, prefix = "evt") => Array.from({ length: count }, (_each, index) => `${prefix}_${index}`);

describe("KeptIds", () => {
  it("finds what was set, written or not, and nothing else", () => {
    const { ids, reopened } = opened();
    ids.set("evt_written1", "counted");
    ids.set("evt_written2", "taken back");
    ids.write();
    ids.set("evt_later001", "counted");
    expect(ids.isWritten).toBe(false);
    const asked = ["evt_written1", "evt_never001", "evt_later001", "evt_written2", "evt_written1"];
    expect(Object.fromEntries(ids.find(asked))).toEqual({
      evt_written1: "counted",
      evt_written2: "taken back",
      evt_later001: "counted",
    });
    expect(Object.fromEntries(reopened().find(asked))).toEqual({
      evt_written1: "counted",
      evt_written2: "taken back",
    });
  });

  it("takes ids as they are, whatever stands in them", () => {
    const { ids, reopened } = opened();
    const odd = ["a:b.c-d_e", "0", "1e3", "null", "ü", `"'[]`, "A", "a"];
    for (const id of odd) ids.set(id, "counted");
    ids.write();
    expect(
      [
        ...reopened()
          .find([...odd, "1000", "Ü", "B"])
          .keys(),
      ].toSorted(),
    ).toEqual(odd.toSorted());
  });

  it("finds thousands at once, in memory and on disk", () => {
    const { ids } = opened();
    for (const id of names(2_500)) ids.set(id, "counted");
    ids.write();
    for (const id of names(2_500, "new")) ids.set(id, "counted");
    expect(ids.find([...names(2_600), ...names(2_600, "new")]).size).toBe(5_000);
  });

  it("writes at most 500 a step, and not what others wrote meanwhile", () => {
    const { ids, reopened } = opened();
    for (const id of names(2_500)) ids.set(id, "counted");
    const steps = ids.flush();
    steps.next();
    expect(reopened().find(names(2_500)).size).toBe(500);
    ids.set("evt_2499", "taken back");
    ids.write();
    while (steps.next().done !== true) expect(ids.isWritten).toBe(true);
    expect(reopened().find(names(2_500)).size).toBe(2_500);
    expect(reopened().find(["evt_2499"]).get("evt_2499")).toBe("taken back");
  });

  it("knows the last mark of an id, in whichever period it was set", () => {
    const { ids, reopened, clock } = opened();
    for (const mark of ["counted", "taken back", "counted", "taken back"] as const) {
      ids.set("evt_0000001", mark);
      expect(ids.find(["evt_0000001"]).get("evt_0000001")).toBe(mark);
      ids.write();
      expect(ids.find(["evt_0000001"]).get("evt_0000001")).toBe(mark);
      expect(reopened().find(["evt_0000001"]).get("evt_0000001")).toBe(mark);
      clock.ms += PERIOD_MS;
    }
  });

  it.each([
    { writtenMs: 0, because: "at the beginning of a period" },
    { writtenMs: PERIOD_MS / 2, because: "in the middle of one" },
    { writtenMs: PERIOD_MS - 1, because: "in its last millisecond" },
  ])("remembers an id for 35 days written $because, and not for ever", ({ writtenMs }) => {
    const { ids, clock, tables } = opened();
    clock.ms = START_MS + writtenMs;
    ids.set("evt_0000001", "counted");
    ids.write();
    for (let day = 1; day <= 35; day++) {
      clock.ms += DAY_MS;
      ids.set(`evt_of_day_${day}`, "counted");
      ids.write();
      expect(ids.find(["evt_0000001"]).size).toBe(1);
    }
    clock.ms += 20 * DAY_MS;
    ids.set("evt_last0001", "counted");
    ids.write();
    expect(ids.find(["evt_0000001"]).size).toBe(0);
    expect(tables()).toBeLessThanOrEqual(3);
  });

  it("forgets nothing when nothing was written for long, and all of it with the first that is", () => {
    const { ids, reopened, clock, tables } = opened();
    ids.set("evt_0000001", "counted");
    ids.write();
    clock.ms += 20 * PERIOD_MS;
    expect(reopened().find(["evt_0000001"]).size).toBe(1);
    ids.set("evt_0000002", "counted");
    ids.write();
    expect([...ids.find(["evt_0000001", "evt_0000002"]).keys()]).toEqual(["evt_0000002"]);
    expect(tables()).toBe(1);
  });

  it("goes on in the newest table when the clock goes back", () => {
    const { ids, reopened, clock, tables } = opened();
    ids.set("evt_0000001", "counted");
    ids.write();
    clock.ms -= 1;
    ids.set("evt_0000001", "taken back");
    ids.write();
    expect(reopened().find(["evt_0000001"]).get("evt_0000001")).toBe("taken back");
    expect(tables()).toBe(1);
  });
});
