import { beforeEach, describe, expect, it } from "vitest";
import { changed, createLive, tellStored, type Live } from "./tell.ts";

interface Call {
  messages: string[];
  isAfterLoss: boolean;
  answer: { resolve(): void; reject(error: Error): void };
}

let calls: Call[];
let works: Promise<unknown>[];
let nowMs: number;
let live: Live;

beforeEach(() => {
  calls = [];
  works = [];
  nowMs = 1_000_000;
  live = createLive({
    tell(messages, isAfterLoss) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      calls.push({ messages, isAfterLoss, answer: { resolve, reject } });
      return promise;
    },
    waitUntil: (work) => void works.push(work),
    nowMs: () => nowMs,
    log: () => undefined,
  });
});

const last = () => calls.at(-1);

describe("createLive", () => {
  it("tells at once, after whoever tells has gone on", async () => {
    live.tell(["a"]);
    expect(calls).toMatchObject([{ messages: ["a"], isAfterLoss: false }]);
    last()?.answer.resolve();
    await expect(Promise.all(works)).resolves.toBeDefined();
  });

  it("fails nobody's work while the feed is away, and says afterwards that something is missing, once", async () => {
    live.tell(["a"]);
    last()?.answer.reject(new Error("away"));
    await Promise.all(works);
    live.tell(["b"]);
    live.tell(["c"]);
    expect(calls.map(({ messages, isAfterLoss }) => [messages[0], isAfterLoss])).toEqual([
      ["a", false],
      ["b", true],
      ["c", false],
    ]);
  });

  it("says it again when that could not be told either", async () => {
    for (const text of ["a", "b"]) {
      live.tell([text]);
      last()?.answer.reject(new Error("away"));
      await Promise.all(works);
    }
    live.tell(["c"]);
    expect(last()?.isAfterLoss).toBe(true);
  });

  it("does not wait in line behind a feed that hangs: what is too much is made up for by the gap", () => {
    for (let each = 0; each < 25; each++) live.tell([String(each)]);
    expect(calls).toHaveLength(20);
    nowMs += 1_000;
    live.tell(["next"]);
    expect(last()).toMatchObject({ messages: ["next"], isAfterLoss: true });
  });
});

describe("changed and tellStored", () => {
  it("tell nobody where there is no feed, and nothing of nothing", () => {
    changed({}, "alert", "alt_1");
    changed({ live }, "alert");
    tellStored({ live }, []);
    expect(calls).toEqual([]);
  });

  it("tell of several changes in one call", () => {
    changed({ live }, "delivery", "msg_1", "msg_2");
    expect(last()?.messages.map((message) => JSON.parse(message) as unknown)).toEqual([
      { type: "changed", kind: "delivery", id: "msg_1" },
      { type: "changed", kind: "delivery", id: "msg_2" },
    ]);
  });
});
