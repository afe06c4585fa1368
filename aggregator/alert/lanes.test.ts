import { describe, expect, it } from "vitest";
import { attemptFairly, type Heard } from "./lanes.ts";

/** Items such as "a1": the letter is the webhook's; a small one has failed last. */
function items(...names: string[]) {
  return names.map((name) => {
    const webhook_id = name.charAt(0);
    return { name, webhook_id, suspect: webhook_id === webhook_id.toLowerCase() };
  });
}

/** Attempts that end when told to. */
function attempts() {
  const begun: string[] = [];
  const ends = new Map<string, (heard: Heard) => void>();
  return {
    begun,
    attempt: ({ name }: { name: string }) => {
      begun.push(name);
      return new Promise<Heard>((resolve) => ends.set(name, resolve));
    },
    async end(name: string, heard: Heard = "well") {
      ends.get(name)?.(heard);
      ends.delete(name);
      await new Promise((resolve) => setImmediate(resolve));
    },
    running: () => [...ends.keys()],
  };
}

const stopped = () => 0;
const END_MS = 1_000;

describe("attemptFairly", () => {
  it("begins six at once in the order of the list, because a Worker holds no more connections", async () => {
    const { begun, attempt, end, running } = attempts();
    const done = attemptFairly(items("A1", "B1", "C1", "D1", "E1", "F1", "G1", "H1"), stopped, END_MS, attempt);
    expect(begun).toEqual(["A1", "B1", "C1", "D1", "E1", "F1"]);
    await end("C1");
    expect(begun.slice(6)).toEqual(["G1"]);
    while (running().length > 0) await end(running()[0] ?? "");
    await done;
    expect(begun).toHaveLength(8);
  });

  it("begins one at a time for each webhook, so that what comes together arrives in order", async () => {
    const { begun, attempt, end, running } = attempts();
    const done = attemptFairly(items("A1", "A2", "B1", "A3", "B2"), stopped, END_MS, attempt);
    expect(begun).toEqual(["A1", "B1"]);
    await end("B1");
    await end("B2");
    expect(begun.slice(2)).toEqual(["B2"]);
    while (running().length > 0) await end(running()[0] ?? "");
    await done;
    expect(begun.slice(3)).toEqual(["A2", "A3"]);
  });

  it("leaves two places to all webhooks that failed last, so that should they hang the others have the rest", async () => {
    const { begun, attempt, end, running } = attempts();
    const done = attemptFairly(items("a1", "b1", "c1", "d1", "X1", "Y1", "X2"), stopped, END_MS, attempt);
    expect(begun).toEqual(["a1", "b1", "X1", "Y1"]);
    await end("X1", "failed");
    expect(begun.slice(4)).toEqual([]);
    await end("a1");
    expect(begun.slice(4)).toEqual(["c1"]);
    await end("b1", "failed");
    await end("c1");
    expect(begun.slice(5)).toEqual(["d1", "X2"]);
    while (running().length > 0) await end(running()[0] ?? "");
    await done;
  });

  it("gives a webhook its place back once it is well, and with it every place that is free", async () => {
    const { begun, attempt, end, running } = attempts();
    const done = attemptFairly(items("a1", "b1", "a2", "c1", "d1"), stopped, END_MS, attempt);
    await end("a1");
    expect(begun).toEqual(["a1", "b1", "a2", "c1"]);
    await end("b1");
    expect(begun.slice(4)).toEqual(["d1"]);
    while (running().length > 0) await end(running()[0] ?? "");
    await done;
  });

  it("begins nothing more for a webhook that is closed off, and does the rest of the others", async () => {
    const { begun, attempt, end, running } = attempts();
    const done = attemptFairly(items("A1", "A2", "A3", "B1", "B2"), stopped, END_MS, attempt);
    await end("A1", "failed");
    expect(running()).toEqual(["B1", "A2"]);
    await end("A2", "closed off");
    while (running().length > 0) await end(running()[0] ?? "");
    await done;
    expect(begun).toEqual(["A1", "B1", "A2", "B2"]);
  });

  it("goes on after an attempt that tells nothing of the endpoint", async () => {
    const begun: string[] = [];
    await attemptFairly(items("A1", "A2", "A3", "A4"), stopped, END_MS, async ({ name }) => {
      begun.push(name);
      return "nothing";
    });
    expect(begun).toEqual(["A1", "A2", "A3", "A4"]);
  });

  it("begins nothing after the end, so that a run does not meet the next", async () => {
    let nowMs = 0;
    const begun: string[] = [];
    const names = Array.from({ length: 20 }, (_, i) => `A${i}`);
    await attemptFairly(
      items(...names),
      () => nowMs,
      END_MS,
      async ({ name }) => {
        begun.push(name);
        nowMs += 300;
        return "well";
      },
    );
    expect(begun).toEqual(["A0", "A1", "A2", "A3"]);
  });

  it("ends at once when there is nothing to do", async () => {
    await expect(
      attemptFairly([], stopped, END_MS, () => Promise.reject(new Error("called"))),
    ).resolves.toBeUndefined();
  });
});
