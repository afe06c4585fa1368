import { describe, expect, it } from "vitest";
import { KeptMessages } from "./kept-messages.ts";
import { openSqlite } from "./test-sqlite.ts";

const message = (text: string) => JSON.stringify({ type: "told", text });
const numbersIn = (messages: string[] | null) => messages?.map((text) => (JSON.parse(text) as { seq: number }).seq);

describe("KeptMessages", () => {
  it("numbers messages from 1 on, and gives each with its number", () => {
    const kept = new KeptMessages(openSqlite());
    expect(kept.seq).toBe(0);
    expect(JSON.parse(kept.add(message("first")))).toEqual({ seq: 1, type: "told", text: "first" });
    expect(JSON.parse(kept.add(message("second")))).toMatchObject({ seq: 2 });
    expect(kept.seq).toBe(2);
  });

  it("gives what was told after a number, whole and in order", () => {
    const kept = new KeptMessages(openSqlite());
    for (const text of ["a", "b", "c"]) kept.add(message(text));
    expect(numbersIn(kept.after(0))).toEqual([1, 2, 3]);
    expect(numbersIn(kept.after(2))).toEqual([3]);
    expect(kept.after(3)).toEqual([]);
  });

  it("goes on numbering after a restart, so that no number stands for two messages", () => {
    const sql = openSqlite();
    new KeptMessages(sql).add(message("before"));
    const after = new KeptMessages(sql);
    expect(JSON.parse(after.add(message("after")))).toMatchObject({ seq: 2 });
    expect(numbersIn(after.after(0))).toEqual([1, 2]);
  });

  it("keeps the last 1,000, and says of what is older that it is gone", () => {
    const kept = new KeptMessages(openSqlite());
    for (let told = 1; told <= 1_005; told++) kept.add(message("x"));
    expect(kept.after(4)).toBeNull();
    expect(numbersIn(kept.after(5))).toHaveLength(1_000);
  });

  it("keeps no more than its room, but always the newest, from which numbers go on", () => {
    const kept = new KeptMessages(openSqlite());
    for (let told = 1; told <= 5; told++) kept.add(message("x".repeat(600_000)));
    expect([kept.after(0), numbersIn(kept.after(1))]).toEqual([null, [2, 3, 4, 5]]);
    kept.add(message("x".repeat(3_000_000)));
    expect([kept.after(4), numbersIn(kept.after(5))]).toEqual([null, [6]]);
    expect(JSON.parse(kept.add(message("next")))).toMatchObject({ seq: 7 });
  });

  it("says of a number that was never given that something is missing, as it comes from another life", () => {
    const kept = new KeptMessages(openSqlite());
    kept.add(message("a"));
    expect(kept.after(2)).toBeNull();
  });
});
