import { describe, expect, it } from "vitest";
import { LEASE_MS } from "./limits.ts";
import { fakeHost, fakeStorage, settled, storeOn } from "./test-host.ts";
import { createTurns } from "./turn.ts";

/** Work that goes on until a test ends it. */
function work() {
  const ends: (() => void)[] = [];
  let most = 0;
  return {
    run: () =>
      new Promise<void>((resolve) => {
        ends.push(resolve);
        most = Math.max(most, ends.length);
      }),
    end: () => ends.pop()?.(),
    going: () => ends.length,
    most: () => most,
  };
}

/** As a browser has them: whoever asks waits for those before. */
function locks() {
  let last = Promise.resolve();
  const request = (_name: string, run: () => Promise<void>) => (last = last.then(run));
  return { request } as Pick<LockManager, "request">; // the one form of it that is used
}

describe("createTurns", () => {
  it("lets one tab at a time run with Web Locks, and the others after it", async () => {
    const [shared, storage, host, job] = [locks(), fakeStorage(), fakeHost(), work()];
    const both = ["a", "b"].map((tab) => createTurns(shared, storeOn(storage), tab, host)("send", job.run));
    await settled();
    expect(job.going()).toBe(1);
    job.end();
    await settled();
    expect(job.going()).toBe(1);
    job.end();
    await Promise.all(both);
    expect(job.most()).toBe(1);
  });

  it("lets one tab run by a lease where there are no Web Locks, and leaves nothing behind", async () => {
    const [storage, host, job] = [fakeStorage(), fakeHost(), work()];
    const [a, b] = ["a", "b"].map((tab) => createTurns(undefined, storeOn(storage), tab, host));
    const first = a?.("send", job.run);
    await settled();
    await b?.("send", job.run);
    expect(job.going()).toBe(1);
    job.end();
    await first;
    expect(Object.keys(storage)).toEqual([]);
    const second = b?.("send", job.run);
    await settled();
    expect(job.going()).toBe(1);
    job.end();
    await second;
  });

  it.each([
    { passMs: LEASE_MS + 1, because: "the tab that took it is gone" },
    { passMs: -3 * LEASE_MS, because: "the clock was set back" },
  ])("does not wait for a lease for ever: $because", async ({ passMs }) => {
    const [storage, host, job] = [fakeStorage(), fakeHost(), work()];
    void createTurns(undefined, storeOn(storage), "gone", host)("send", job.run);
    await settled();
    host.setClock(host.Date.now() + passMs);
    void createTurns(undefined, storeOn(storage), "here", host)("send", job.run);
    await settled();
    expect(job.going()).toBe(2);
  });

  it("gives the lease back when the work fails", async () => {
    const [storage, host] = [fakeStorage(), fakeHost()];
    const turn = createTurns(undefined, storeOn(storage), "a", host);
    await expect(turn("send", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(Object.keys(storage)).toEqual([]);
  });

  it("asks nobody where nothing is shared", async () => {
    const shared = { request: () => Promise.reject(new Error("asked")) } as unknown as Pick<LockManager, "request">;
    const job = work();
    void createTurns(shared, storeOn(null), "a", fakeHost())("send", job.run);
    await settled();
    expect(job.going()).toBe(1);
  });
});
