import { describe, expect, it } from "vitest";
import { attemptFairly, type Heard } from "./lanes.ts";

/** Items such as "a1": the letter is the webhook's. */
function items(...names: string[]) {
  return names.map((name) => ({ name, webhook_id: name.charAt(0) }));
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
    async end(name: string, heard: Heard = "answered") {
      ends.get(name)?.(heard);
      ends.delete(name);
      await new Promise((resolve) => setImmediate(resolve));
    },
    running: () => [...ends.keys()],
  };
}

const stopped = () => 0;

describe("attemptFairly", () => {
  it("begins six at once in the order of the list, because a Worker holds no more connections", async () => {
    const { begun, attempt, end, running } = attempts();
    const done = attemptFairly(items("a1", "b1", "c1", "d1", "e1", "f1", "g1", "h1"), stopped, attempt);
    expect(begun).toEqual(["a1", "b1", "c1", "d1", "e1", "f1"]);
    await end("c1");
    expect(begun.slice(6)).toEqual(["g1"]);
    while (running().length > 0) await end(running()[0] ?? "");
    await done;
    expect(begun).toHaveLength(8);
  });

  it("begins two at once for one webhook and goes on with the others, so that one that hangs holds two lanes at most", async () => {
    const { begun, attempt, end, running } = attempts();
    const done = attemptFairly(items("a1", "a2", "a3", "a4", "b1", "c1", "b2", "b3"), stopped, attempt);
    expect(begun).toEqual(["a1", "a2", "b1", "c1", "b2"]);
    await end("b1");
    expect(begun.slice(5)).toEqual(["b3"]);
    await end("a2");
    expect(begun.slice(6)).toEqual(["a3"]);
    while (running().length > 0) await end(running()[0] ?? "");
    await done;
    expect(begun.toSorted()).toEqual(["a1", "a2", "a3", "a4", "b1", "b2", "b3", "c1"]);
  });

  it("leaves a webhook alone after two attempts without an answer, and does the rest of the others", async () => {
    const { begun, attempt, end, running } = attempts();
    const done = attemptFairly(items("a1", "a2", "a3", "b1", "b2", "b3"), stopped, attempt);
    await end("a1", "silent");
    await end("a2", "silent");
    while (running().length > 0) await end(running()[0] ?? "");
    await done;
    expect(begun).not.toContain("a3");
    expect(begun).toEqual(expect.arrayContaining(["b1", "b2", "b3"]));
  });

  it("tries on after one attempt without an answer, and forgets it once another is answered", async () => {
    const { begun, attempt, end, running } = attempts();
    const done = attemptFairly(items("a1", "a2", "a3", "a4", "a5"), stopped, attempt);
    await end("a1", "silent");
    expect(running()).toEqual(["a2"]);
    await end("a2");
    expect(running()).toEqual(["a3"]);
    await end("a3", "silent");
    expect(running()).toEqual(["a4"]);
    await end("a4", "silent");
    await done;
    expect(begun).toEqual(["a1", "a2", "a3", "a4"]);
  });

  it("goes on after an attempt that tells nothing of the endpoint", async () => {
    const begun: string[] = [];
    await attemptFairly(items("a1", "a2", "a3", "a4"), stopped, async ({ name }) => {
      begun.push(name);
      return "nothing";
    });
    expect(begun).toEqual(["a1", "a2", "a3", "a4"]);
  });

  it("begins nothing later than 45 s after the first, so that a run ends before long after the next begins", async () => {
    let nowMs = 1_000;
    const begun: string[] = [];
    const names = Array.from({ length: 20 }, (_, i) => `a${i}`);
    await attemptFairly(
      items(...names),
      () => nowMs,
      async ({ name }) => {
        begun.push(name);
        nowMs += 10_000;
        return "answered";
      },
    );
    expect(begun).toEqual(["a0", "a1", "a2", "a3", "a4"]);
  });

  it("ends at once when there is nothing to do", async () => {
    await expect(attemptFairly([], stopped, () => Promise.reject(new Error("called")))).resolves.toBeUndefined();
  });
});
