import { afterEach, describe, expect, it, vi } from "vitest";
import { Problem } from "../../shared/problem.ts";
import { openSqlite } from "../test-sqlite.ts";
import { AnswerMemory, type Answer } from "./answer-memory.ts";
import { createOnce, idempotencyKey, type AnswerStores } from "./once.ts";

const KEY = { scope: "key0000000000001", text: "order-4711", bodyDigest: "d1" };
const ACCEPTED: Answer = { status: 202, body: "accepted" };

/** One store in memory, and a run that counts how often it ran. */
function opened(changes: Partial<AnswerStores> = {}) {
  let ids = 0;
  const memory = new AnswerMemory(openSqlite(), { nowMs: () => Date.now(), newId: () => `claim-${++ids}` });
  const stores: AnswerStores = {
    begin: (entry, bodyDigest, patienceMs) => memory.begin(entry, bodyDigest, patienceMs),
    finish: async (claim, answer) => memory.finish(claim, answer),
    release: async (claim) => memory.release(claim),
    ...changes,
  };
  let runs = 0;
  const run = async () => ({ ...ACCEPTED, body: `answer ${++runs}` });
  return { once: createOnce(stores), memory, run, runs: () => runs };
}

const problem = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => (error instanceof Problem ? error : null),
  );

afterEach(() => void vi.useRealTimers());

describe("once", () => {
  it("runs the first and answers the same again", async () => {
    const { once, run, runs } = opened();
    expect(await once(KEY, run)).toEqual({ answer: { status: 202, body: "answer 1" }, replayed: false });
    expect(await once(KEY, run)).toEqual({ answer: { status: 202, body: "answer 1" }, replayed: true });
    expect(runs()).toBe(1);
  });

  it("runs once for 100 at the same time, which all get that answer", async () => {
    const { once, run, runs } = opened();
    const answers = await Promise.all(Array.from({ length: 100 }, () => once(KEY, run)));
    expect(new Set(answers.map(({ answer }) => answer.body))).toEqual(new Set(["answer 1"]));
    expect(answers.filter(({ replayed }) => !replayed).length).toBe(1);
    expect(runs()).toBe(1);
  });

  it.each([
    { because: "of another shop", changes: { scope: "key0000000000002" } },
    { because: "with another text", changes: { text: "order-4712" } },
  ])("takes a key $because for another key", async ({ changes }) => {
    const { once, run, runs } = opened();
    await once(KEY, run);
    await once({ ...KEY, ...changes, bodyDigest: "d2" }, run);
    expect(runs()).toBe(2);
  });

  it("refuses another body as invalid as a whole, and does not run", async () => {
    const { once, run, runs } = opened();
    await once(KEY, run);
    expect(await problem(once({ ...KEY, bodyDigest: "d2" }, run))).toMatchObject({
      slug: "invalid",
      errors: [{ pointer: "" }],
    });
    expect(runs()).toBe(1);
  });

  it.each([
    { because: "throws a problem", fail: () => Promise.reject(new Problem("invalid", "no")) },
    { because: "throws an error", fail: () => Promise.reject(new Error("broken")) },
    { because: "answers 503", fail: async () => ({ status: 503, body: "" }) },
    { because: "answers 404", fail: async () => ({ status: 404, body: "" }) },
  ])("keeps nothing of a run that $because, so that the next is the first, with any body", async ({ fail }) => {
    const { once, run } = opened();
    const failed = await once(KEY, fail).catch((error: unknown) => error);
    expect(failed).not.toMatchObject({ answer: { status: 202 } });
    expect(await once({ ...KEY, bodyDigest: "d2" }, run)).toMatchObject({ replayed: false });
  });

  it("lets those that wait for a run that fails try one after the other, until one has an answer", async () => {
    const { once, run, runs } = opened();
    let failures = 2;
    const flaky = async () => {
      if (failures-- > 0) throw new Problem("unavailable", "no queue");
      return run();
    };
    const all = await Promise.allSettled(Array.from({ length: 10 }, () => once(KEY, flaky)));
    expect(all.filter(({ status }) => status === "rejected").length).toBe(2);
    expect(runs()).toBe(1);
  });

  it("answers 503 with Retry-After when the first takes longer than others wait", async () => {
    vi.useFakeTimers();
    const { once, run } = opened();
    void once(KEY, () => new Promise<Answer>(() => undefined));
    const second = problem(once(KEY, run));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await second).toMatchObject({ slug: "unavailable", headers: { "retry-after": "1" } });
  });

  it.each([
    { because: "refuses every call", away: () => Promise.reject(new Error("overloaded")) },
    { because: "never answers", away: () => new Promise<never>(() => undefined) },
  ])("runs as if there were no key when the store $because", async ({ away }) => {
    vi.useFakeTimers();
    const { once, run } = opened({ begin: away, finish: away, release: away });
    const answered = once(KEY, run);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await answered).toEqual({ answer: { status: 202, body: "answer 1" }, replayed: false });
  });

  it.each([
    { because: "refuses it", finish: () => Promise.reject(new Error("overloaded")) },
    { because: "never answers", finish: () => new Promise<never>(() => undefined) },
  ])("answers all the same when the store $because at the end", async ({ finish }) => {
    vi.useFakeTimers();
    const { once, run } = opened({ finish });
    const answered = once(KEY, run);
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await answered).answer.body).toBe("answer 1");
  });

  it("gives back a claim that came too late, so that the next one need not wait for it", async () => {
    vi.useFakeTimers();
    const inner = opened();
    const slow: AnswerStores["begin"] = async (...asked) => {
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      return inner.memory.begin(...asked);
    };
    const { once, run } = opened({ begin: slow, release: async (claim) => inner.memory.release(claim) });
    const answered = once(KEY, run);
    await vi.advanceTimersByTimeAsync(2_000);
    await answered;
    expect((await inner.memory.begin(`${KEY.scope} ${KEY.text}`, "d1", 0)).kind).toBe("first");
  });
});

describe("idempotencyKey", () => {
  it.each([
    { text: "a", because: "one character" },
    { text: "k".repeat(255), because: "255 characters" },
    { text: '"8e03978e-40d5-43dd-bc93-6894a57f9324"', because: "quotes, which belong to it" },
    { text: "!#$%&'()*+,-./:;<=>?@[]^_`{|}~", because: "any visible character" },
  ])("takes $because", ({ text }) => {
    expect(idempotencyKey(new Headers({ "idempotency-key": text }))).toBe(text);
  });

  it("is null for a request without one", () => {
    expect(idempotencyKey(new Headers())).toBeNull();
  });

  it.each([
    { headers: [["idempotency-key", ""]], because: "nothing" },
    { headers: [["idempotency-key", "k".repeat(256)]], because: "256 characters" },
    { headers: [["idempotency-key", "two words"]], because: "a space" },
    { headers: [["idempotency-key", "caf\u00e9"]], because: "a letter outside ASCII" },
    {
      headers: [
        ["idempotency-key", "a"],
        ["idempotency-key", "b"],
      ],
      because: "two of them",
    },
  ] satisfies { headers: [string, string][]; because: string }[])("refuses $because", ({ headers }) => {
    expect(() => idempotencyKey(new Headers(headers))).toThrow(expect.objectContaining({ slug: "unreadable" }));
  });
});
