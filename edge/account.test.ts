import { describe, expect, it } from "vitest";
import { AccountMessage, MINUTES_MOST } from "../shared/account.ts";
import golden from "../shared/account.v1.json" with { type: "json" };
import { createAccount } from "./account.ts";

const NOW_MS = Date.parse("2026-11-21T10:00:00.000Z");
const MINUTE_MS = 60_000;
const INTERVAL_MS = 5_000;

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

/** An isolate whose clock the test moves, in front of a queue that keeps what it takes. `send` decides what the queue answers. */
function isolate(send: (message: AccountMessage, attempt: number) => Promise<unknown> = async () => undefined) {
  let nowMs = NOW_MS;
  let ids = 0;
  let sleeping: { untilMs: number; wake(): void }[] = [];
  const sent: AccountMessage[] = [];
  const waits: Promise<void>[] = [];
  const lines: Record<string, unknown>[] = [];
  const account = createAccount({
    send: (message) => send(AccountMessage.parse(structuredClone(message)), sent.push(structuredClone(message))),
    newId: () => `acc_${++ids}`,
    waitUntil: (work) => void waits.push(work),
    sleep: (ms) =>
      new Promise<void>((wake) => {
        sleeping.push({ untilMs: nowMs + ms, wake });
      }),
    nowMs: () => nowMs,
    intervalMs: INTERVAL_MS,
    log: (line) => void lines.push(line),
  });
  return {
    account,
    sent,
    waits,
    lines,
    async pass(ms: number) {
      nowMs += ms;
      const due = sleeping.filter(({ untilMs }) => untilMs <= nowMs);
      sleeping = sleeping.filter(({ untilMs }) => untilMs > nowMs);
      for (const { wake } of due) wake();
      await settled();
    },
    /** Ends every request that carries a wait, as the platform does with one that takes too long. */
    die: () => void (sleeping = []),
  };
}

/** What the books hold after these messages: each id once. */
function booked(messages: readonly AccountMessage[]) {
  const once = new Map(messages.map((message) => [message.id, message]));
  const minutes = [...once.values()].flatMap((message) => message.minutes);
  const sum = (key: "received" | "accepted") => minutes.reduce((total, minute) => total + minute[key], 0);
  return { received: sum("received"), accepted: sum("accepted") };
}

const away = () => Promise.reject(new Error("the queue is away"));

describe("createAccount", () => {
  it("sends what was counted as one message, by the minute of receipt, when the interval is over", async () => {
    const { account, sent, waits, pass } = isolate();
    for (let event = 0; event < 9; event++) account.received(NOW_MS + event, 1);
    account.ended(NOW_MS, "accepted", 4);
    account.ended(NOW_MS, "duplicate", 1);
    account.ended(NOW_MS, "limited", 2);
    account.ended(NOW_MS + MINUTE_MS - 1, "invalid", 1);
    account.ended(NOW_MS, "too-large", 1);
    account.received(NOW_MS + MINUTE_MS, 1);
    account.ended(NOW_MS + MINUTE_MS, "accepted", 1);
    expect(waits).toHaveLength(1);
    await pass(INTERVAL_MS - 1);
    expect(sent).toEqual([]);
    await pass(1);
    expect(sent).toEqual([{ ...golden, id: "acc_1" }]);
  });

  it("begins no wait for nothing", () => {
    const { account, waits } = isolate();
    account.received(NOW_MS, 0);
    account.ended(NOW_MS, "accepted", 0);
    expect(waits).toEqual([]);
  });

  it("carries what is counted while a message is sent in the next, with a wait of its own", async () => {
    let answer = () => {};
    const { account, sent, waits, pass } = isolate(() => new Promise<void>((resolve) => (answer = resolve)));
    account.received(NOW_MS, 1);
    await pass(INTERVAL_MS);
    account.ended(NOW_MS, "accepted", 1);
    expect(waits).toHaveLength(2);
    answer();
    await settled();
    await pass(INTERVAL_MS);
    answer();
    expect(sent.map(({ id, minutes }) => [id, minutes[0]?.received, minutes[0]?.accepted])).toEqual([
      ["acc_1", 1, 0],
      ["acc_2", 0, 1],
    ]);
  });

  it("tries what was not taken again as it was, under its id, and leaves newer counts to the message after it", async () => {
    const { account, sent, lines, pass } = isolate((_message, attempt) => (attempt === 1 ? away() : Promise.resolve()));
    account.received(NOW_MS, 1);
    await pass(INTERVAL_MS);
    account.received(NOW_MS, 10);
    await pass(INTERVAL_MS);
    expect(sent.map(({ id, minutes }) => [id, minutes[0]?.received])).toEqual([
      ["acc_1", 1],
      ["acc_1", 1],
      ["acc_2", 10],
    ]);
    expect(lines).toEqual([{ task: "account", messageId: "acc_1", cause: "Error: the queue is away" }]);
  });

  it("tries again by itself, should no other request come", async () => {
    const { account, sent, waits, pass } = isolate((_message, attempt) => (attempt === 1 ? away() : Promise.resolve()));
    account.received(NOW_MS, 1);
    await pass(INTERVAL_MS);
    await pass(INTERVAL_MS);
    expect(sent.map(({ id }) => id)).toEqual(["acc_1", "acc_1"]);
    await Promise.all(waits);
    expect(waits).toHaveLength(1);
  });

  it("ends its wait after two rounds while the queue stays away, and goes on with the next count", async () => {
    let isAway = true;
    const { account, sent, waits, pass } = isolate(() => (isAway ? away() : Promise.resolve()));
    account.received(NOW_MS, 1);
    await pass(INTERVAL_MS);
    await pass(INTERVAL_MS);
    await Promise.all(waits);
    isAway = false;
    account.received(NOW_MS, 1);
    await pass(INTERVAL_MS);
    expect(sent.map(({ id }) => id)).toEqual(["acc_1", "acc_1", "acc_1", "acc_2"]);
  });

  it("goes on when the request that carried the wait is gone", async () => {
    const { account, sent, waits, pass, die } = isolate();
    account.received(NOW_MS, 1);
    die();
    await pass(INTERVAL_MS);
    account.received(NOW_MS, 1);
    expect(waits).toHaveLength(1);
    await pass(1_000);
    account.received(NOW_MS, 1);
    expect(waits).toHaveLength(2);
    await pass(INTERVAL_MS);
    expect(booked(sent)).toMatchObject({ received: 3 });
  });

  it("sends a message whose request is gone again from another, and never a changed one", async () => {
    const answers: ((error?: Error) => void)[] = [];
    const hanging = () =>
      new Promise<void>((resolve, reject) => {
        answers.push((error) => (error === undefined ? resolve() : reject(error)));
      });
    const { account, sent, pass } = isolate(hanging);
    account.received(NOW_MS, 1);
    await pass(INTERVAL_MS); // acc_1 hangs
    account.received(NOW_MS, 10);
    await pass(INTERVAL_MS); // acc_1 again
    answers[1]?.();
    await settled(); // acc_2 hangs
    account.received(NOW_MS, 100);
    answers[0]?.(new Error("late")); // must not make room for a third message while acc_2 may be lost
    await settled();
    await pass(INTERVAL_MS); // acc_2 again
    answers[2]?.(new Error("lost"));
    answers[3]?.();
    await settled(); // acc_3
    answers[4]?.();
    await settled();
    expect(sent.map(({ id, minutes }) => [id, minutes[0]?.received])).toEqual([
      ["acc_1", 1],
      ["acc_1", 1],
      ["acc_2", 10],
      ["acc_2", 10],
      ["acc_3", 100],
    ]);
  });

  it("keeps every count in bounded room while the queue is away for days, joining the oldest minutes", async () => {
    let isAway = true;
    const { account, sent, pass } = isolate(() => (isAway ? away() : Promise.resolve()));
    const minutes = 3 * 1440;
    for (let minute = 0; minute < minutes; minute++) {
      account.received(NOW_MS + minute * MINUTE_MS, 2);
      account.ended(NOW_MS + minute * MINUTE_MS, "unavailable", 2);
      if (minute === 0) await pass(INTERVAL_MS);
    }
    isAway = false;
    await account.flush();
    const last = sent.at(-1);
    expect(last?.minutes).toHaveLength(MINUTES_MOST);
    expect(last?.minutes[0]).toMatchObject({
      received: 2 * (minutes - MINUTES_MOST),
      rejected: { unavailable: 2 * (minutes - MINUTES_MOST) },
    });
    expect(last?.minutes.at(-1)?.minute).toBe(new Date(NOW_MS + (minutes - 1) * MINUTE_MS).toISOString());
    expect(booked(sent)).toEqual({ received: 2 * minutes, accepted: 0 });
  });

  it("books each event once, whatever the queue takes, refuses, or takes and then seems to refuse", async () => {
    let seed = 7;
    const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    const taken: AccountMessage[] = [];
    let isOver = false;
    const { account, pass } = isolate(async (message) => {
      const chance = isOver ? 1 : random();
      if (chance > 0.25) taken.push(message);
      if (chance < 0.5) throw new Error("the queue is away");
    });
    let events = 0;
    for (let step = 0; step < 300; step++) {
      const some = Math.floor(random() * 5);
      account.received(NOW_MS + step * 1_000, some);
      account.ended(NOW_MS + step * 1_000, "accepted", some);
      events += some;
      await pass(Math.floor(random() * 4_000));
    }
    isOver = true;
    await account.flush();
    expect(booked(taken)).toEqual({ received: events, accepted: events });
  });
});
