import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openSqlite } from "../test-sqlite.ts";
import { AnswerMemory, type Answer, type Begun, type Claim } from "./answer-memory.ts";

const HOUR_MS = 3_600_000;
const LEASE_MS = 10_000;
const ENTRY = "key0000000000001 order-4711";
const ACCEPTED: Answer = { status: 202, body: '{"id":"evt_00000001","status":"accepted"}' };

/** A memory on a disk that outlives it, under the fake clock. */
function opened() {
  const sql = openSqlite();
  let ids = 0;
  const open = () => new AnswerMemory(sql, { nowMs: () => Date.now(), newId: () => `claim-${++ids}` });
  const rows = () => sql.exec<{ n: number }>("SELECT count(*) AS n FROM answers").toArray()[0]?.n;
  return { memory: open(), reopened: open, rows };
}

/** Begins and goes first. */
async function first(memory: AnswerMemory, bodyDigest = "d1", entry = ENTRY): Promise<Claim> {
  const begun = await memory.begin(entry, bodyDigest, 0);
  if (begun.kind !== "first") throw new Error(`it is ${begun.kind}`);
  return begun.claim;
}

const kinds = (all: Begun[]) => all.map(({ kind }) => kind);

beforeEach(() => void vi.useFakeTimers({ now: Date.parse("2026-11-21T10:00:00.000Z") }));
afterEach(() => void vi.useRealTimers());

describe("AnswerMemory", () => {
  it("gives the first answer again for 12 h, to the millisecond, after a restart too", async () => {
    const { memory, reopened } = opened();
    memory.finish(await first(memory), ACCEPTED);
    const replay = { kind: "replay", answer: ACCEPTED };
    expect(await memory.begin(ENTRY, "d1", 0)).toEqual(replay);
    vi.setSystemTime(Date.now() + 12 * HOUR_MS - 1);
    expect(await reopened().begin(ENTRY, "d1", 0)).toEqual(replay);
    vi.setSystemTime(Date.now() + 1);
    expect(await reopened().begin(ENTRY, "d2", 0)).toMatchObject({ kind: "first" });
  });

  it("keeps the new answer when a key is used again after its time, though the old row is still there", async () => {
    const { memory, rows } = opened();
    memory.finish(await first(memory), ACCEPTED);
    vi.setSystemTime(Date.now() + 12 * HOUR_MS);
    memory.finish(await first(memory, "d2"), { ...ACCEPTED, body: "new" });
    expect(await memory.begin(ENTRY, "d2", 0)).toEqual({ kind: "replay", answer: { ...ACCEPTED, body: "new" } });
    expect(rows()).toBe(1);
  });

  it.each([
    { bodyDigest: "d1", while: "under way", kind: "under way", because: "the same body waits" },
    { bodyDigest: "d2", while: "under way", kind: "differs", because: "another body can never become the first" },
    { bodyDigest: "d1", while: "answered", kind: "replay", because: "the same body is answered the same" },
    { bodyDigest: "d2", while: "answered", kind: "differs", because: "another body is another request" },
    { bodyDigest: "d1", while: "released", kind: "first", because: "nothing came of the first" },
    { bodyDigest: "d2", while: "released", kind: "first", because: "the sender may have mended it" },
  ])("finds $kind for $bodyDigest while d1 is $while: $because", async ({ bodyDigest, while: state, kind }) => {
    const { memory } = opened();
    const claim = await first(memory);
    if (state === "answered") memory.finish(claim, ACCEPTED);
    if (state === "released") memory.release(claim);
    expect((await memory.begin(ENTRY, bodyDigest, 0)).kind).toBe(kind);
  });

  it("keeps keys apart, and the same key of two shops", async () => {
    const { memory } = opened();
    memory.finish(await first(memory), ACCEPTED);
    expect((await memory.begin("key0000000000002 order-4711", "d1", 0)).kind).toBe("first");
    expect((await memory.begin("key0000000000001 order-4712", "d1", 0)).kind).toBe("first");
  });

  it("lets 100 at once have one first, and answers all others as it", async () => {
    const { memory } = opened();
    const begun = Array.from({ length: 100 }, () => memory.begin(ENTRY, "d1", 5_000));
    const winner = await begun[0];
    if (winner?.kind !== "first") throw new Error("nobody is first");
    await vi.advanceTimersByTimeAsync(100);
    memory.finish(winner.claim, ACCEPTED);
    const others = (await Promise.all(begun)).slice(1);
    expect(others).toEqual(others.map(() => ({ kind: "replay", answer: ACCEPTED })));
  });

  it("makes exactly one that waits the first when the first fails, and again when that one does", async () => {
    const { memory } = opened();
    const claim = await first(memory);
    const waiting = [1, 2, 3].map(() => memory.begin(ENTRY, "d1", 5_000));
    memory.release(claim);
    const second = await waiting[0];
    if (second?.kind !== "first") throw new Error("nobody took over");
    memory.release(second.claim);
    const third = await waiting[1];
    if (third?.kind !== "first") throw new Error("nobody took over again");
    memory.finish(third.claim, ACCEPTED);
    expect(await waiting[2]).toEqual({ kind: "replay", answer: ACCEPTED });
  });

  it("lets nobody wait longer than they are patient", async () => {
    const { memory } = opened();
    await first(memory);
    const waiting = memory.begin(ENTRY, "d1", 5_000);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await waiting).toEqual({ kind: "under way" });
  });

  it("takes a first for gone after its lease, so that one that waits takes over then", async () => {
    const { memory } = opened();
    await first(memory);
    await vi.advanceTimersByTimeAsync(LEASE_MS - 3_000);
    const waiting = [memory.begin(ENTRY, "d1", 5_000), memory.begin(ENTRY, "d1", 5_000)];
    await vi.advanceTimersByTimeAsync(3_000);
    expect((await waiting[0])?.kind).toBe("first");
    await vi.advanceTimersByTimeAsync(2_000);
    expect((await waiting[1])?.kind).toBe("under way");
  });

  it("keeps the answer of a first that took long when nobody took over, and not when somebody did", async () => {
    const { memory } = opened();
    const late = await first(memory);
    const lost = await first(memory, "d1", "other");
    await vi.advanceTimersByTimeAsync(LEASE_MS);
    const taken = await first(memory, "d2", "other");
    memory.finish(late, ACCEPTED);
    memory.finish(lost, ACCEPTED);
    memory.release(lost);
    expect((await memory.begin(ENTRY, "d1", 0)).kind).toBe("replay");
    expect((await memory.begin("other", "d2", 0)).kind).toBe("under way");
    memory.finish(taken, { ...ACCEPTED, body: "mended" });
    expect(await memory.begin("other", "d2", 0)).toMatchObject({ kind: "replay", answer: { body: "mended" } });
  });

  it("keeps one answer of two firsts when it was restarted between them", async () => {
    const { memory, reopened } = opened();
    const before = await first(memory);
    const restarted = reopened();
    const after = await first(restarted);
    restarted.finish(after, ACCEPTED);
    restarted.finish(before, { ...ACCEPTED, body: "second" });
    expect(await restarted.begin(ENTRY, "d1", 0)).toEqual({ kind: "replay", answer: ACCEPTED });
  });

  it("keeps the answer of a first that began before a restart", async () => {
    const { memory, reopened } = opened();
    const before = await first(memory);
    const restarted = reopened();
    restarted.finish(before, ACCEPTED);
    expect(await restarted.begin(ENTRY, "d1", 0)).toEqual({ kind: "replay", answer: ACCEPTED });
  });

  it("purges what is over, at most 1,000 at a time, and says when to come again", async () => {
    const { memory, rows } = opened();
    expect(memory.purge()).toBeNull();
    const startMs = Date.now();
    for (let entry = 0; entry < 1_500; entry++) memory.finish(await first(memory, "d1", `old ${entry}`), ACCEPTED);
    vi.setSystemTime(startMs + HOUR_MS);
    memory.finish(await first(memory, "d1", "young"), ACCEPTED);
    expect(memory.purge()).toBe(startMs + 12 * HOUR_MS);
    expect(rows()).toBe(1_501);
    vi.setSystemTime(startMs + 12 * HOUR_MS);
    expect(memory.purge()).toBe(startMs + 12 * HOUR_MS);
    expect(rows()).toBe(501);
    expect(memory.purge()).toBe(startMs + 13 * HOUR_MS);
    expect(rows()).toBe(1);
    expect(kinds(await Promise.all([memory.begin("young", "d1", 0), memory.begin("old 7", "d1", 0)]))).toEqual([
      "replay",
      "first",
    ]);
  });
});
