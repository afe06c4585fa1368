import { describe, expect, it } from "vitest";
import type { ApiKeyRecord } from "../shared/keys.ts";
import { Problem } from "../shared/problem.ts";
import { addressOf, createAllowance, type Limiters } from "./allowance.ts";

const KEY = { origins: [], digest: "0".repeat(64), expires_at: null };
const PUBLISHABLE: ApiKeyRecord = { ...KEY, id: "pub", kind: "publishable", role: null };
const SECRET: ApiKeyRecord = { ...KEY, id: "sec", kind: "secret", role: "ingest" };
const START_MS = Date.parse("2026-11-21T10:00:00.000Z");

/** The platform's limiter, by its documented behaviour: a call is let through while the counter is below the limit. */
function limiter(limit: number, nowMs: () => number) {
  const counters = new Map<string, number>();
  let calls = 0;
  return {
    calls: () => calls,
    async count(name: string, events: number): Promise<boolean> {
      calls += 1;
      const counter = `${name} ${Math.floor(nowMs() / 60_000)}`;
      const before = counters.get(counter) ?? 0;
      if (before >= limit) return false;
      counters.set(counter, before + events);
      return true;
    },
  };
}

function bench(changes: Partial<Limiters> = {}) {
  let nowMs = START_MS;
  const now = () => nowMs;
  const publishable = limiter(600, now);
  const secret = limiter(600_000, now);
  const refused = limiter(100, now);
  const allowance = createAllowance(
    { publishable: publishable.count, secret: secret.count, refused: refused.count, ...changes },
    now,
  );
  const spent = async (key: ApiKeyRecord, events: number, address = "192.0.2.1") =>
    allowance.spend(key, address, events).then(
      () => true,
      (error: unknown) => {
        if (error instanceof Problem && error.slug === "rate-limited") return error.headers["retry-after"];
        throw error;
      },
    );
  return { allowance, spent, publishable, secret, refused, setMs: (ms: number) => (nowMs = ms) };
}

describe("createAllowance", () => {
  it("lets a publishable key send 600 events a minute from one address, and not one more", async () => {
    const { spent, setMs } = bench();
    for (let sent = 0; sent < 600; sent += 50) expect(await spent(PUBLISHABLE, 50)).toBe(true);
    setMs(START_MS + 12_400);
    expect(await spent(PUBLISHABLE, 1)).toBe("48");
    expect(await spent(PUBLISHABLE, 1, "192.0.2.2")).toBe(true);
    setMs(START_MS + 60_000);
    expect(await spent(PUBLISHABLE, 1)).toBe(true);
  });

  it("lets a secret key send 600,000 events a minute in all, wherever they come from", async () => {
    const { spent, secret, setMs } = bench();
    for (let sent = 0; sent < 600_000; sent += 100)
      expect(await spent(SECRET, 100, `192.0.2.${sent % 200}`)).toBe(true);
    expect(secret.calls()).toBe(1_200);
    expect(await spent(SECRET, 1)).toBe("60");
    expect(await spent(SECRET, 1)).toBe("60");
    setMs(START_MS + 60_000);
    expect(await spent(SECRET, 100)).toBe(true);
  });

  it("does not ask again in a minute that is used up, so that a flood costs no calls", async () => {
    const { spent, publishable } = bench();
    await spent(PUBLISHABLE, 600);
    await spent(PUBLISHABLE, 1);
    const calls = publishable.calls();
    for (let i = 0; i < 100; i += 1) expect(await spent(PUBLISHABLE, 1)).toBe("60");
    expect(publishable.calls()).toBe(calls);
  });

  it("bars an address after 100 refused credentials, and no other", async () => {
    const { allowance, setMs } = bench();
    for (let i = 0; i < 100; i += 1) await allowance.refuse("192.0.2.1");
    expect(allowance.isBarred("192.0.2.1")).toBe(false);
    await expect(allowance.refuse("192.0.2.1")).rejects.toMatchObject({ slug: "rate-limited" });
    expect(allowance.isBarred("192.0.2.1")).toBe(true);
    expect(allowance.isBarred("192.0.2.2")).toBe(false);
    setMs(START_MS + 60_000);
    expect(allowance.isBarred("192.0.2.1")).toBe(false);
  });

  it.each([
    { because: "fails", count: () => Promise.reject(new Error("away")) },
    { because: "hangs", count: () => new Promise<boolean>(() => {}) },
  ])(
    "lets everything through when the limiter $because, because its outage must not close the shop",
    async ({ count }) => {
      const { spent, allowance } = bench({ publishable: count, secret: count, refused: count });
      expect(await spent(PUBLISHABLE, 100)).toBe(true);
      expect(await spent(SECRET, 100)).toBe(true);
      await expect(allowance.refuse("192.0.2.1")).resolves.toBeUndefined();
    },
  );
});

describe("addressOf", () => {
  it.each([
    { given: "192.0.2.1", address: "192.0.2.1", because: "an IPv4 address is one shopper's" },
    {
      given: "2001:db8:1:2:3:4:5:6",
      address: "2001:db8:1:2::/64",
      because: "a host may choose any address of its /64",
    },
    { given: "", address: "none", because: "where none is told, all share one" },
    { given: "::::", address: "none", because: "what is no address is none" },
  ])("gives $address for $given: $because", ({ given, address }) => {
    expect(addressOf(new Headers(given === "" ? {} : { "cf-connecting-ip": given }))).toBe(address);
  });
});
