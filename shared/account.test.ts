import { describe, expect, it } from "vitest";
import { AccountMessage, MINUTES_MOST } from "./account.ts";
import golden from "./account.v1.json" with { type: "json" };
import { jsonBytes } from "./portions.ts";

describe("AccountMessage", () => {
  it("reads version 1 as it was first written, because messages outlive deployments", () => {
    expect(AccountMessage.parse(golden)).toEqual(golden);
  });

  it.each([
    { because: "another version", change: { v: 2 } },
    { because: "no id, by which it is counted once", change: { id: "" } },
    { because: "an id that Postgres cannot hold", change: { id: "acc_\u0000" } },
    { because: "no minute", change: { minutes: [] } },
    {
      because: "a minute that is none",
      change: { minutes: [{ ...golden.minutes[1], minute: "2026-11-21T10:00:30.000Z" }] },
    },
    {
      because: "a minute without its zone",
      change: { minutes: [{ ...golden.minutes[1], minute: "2026-11-21T10:00:00.000" }] },
    },
    {
      because: "a year that Postgres does not know",
      change: { minutes: [{ ...golden.minutes[1], minute: "0000-11-21T10:00:00.000Z" }] },
    },
    { because: "less than nothing", change: { minutes: [{ ...golden.minutes[1], received: -1 }] } },
    {
      because: "more than sums can hold in the database",
      change: { minutes: [{ ...golden.minutes[1], received: 1e13 }] },
    },
    { because: "half an event", change: { minutes: [{ ...golden.minutes[1], received: 0.5 }] } },
    {
      because: "a count it does not know, which would be missing in the sum",
      change: { minutes: [{ ...golden.minutes[1], sampled: 1 }] },
    },
  ])("refuses $because", ({ change }) => {
    expect(AccountMessage.safeParse({ ...golden, ...change }).success).toBe(false);
  });

  it("fits a queue message with every minute it may hold, each with large counts and every refusal", () => {
    const slugs = [
      "unreadable",
      "unauthenticated",
      "forbidden",
      "too-large",
      "unsupported-media-type",
      "invalid",
      "unavailable",
      "internal",
    ];
    const many = 1e9;
    const rejected = Object.fromEntries(slugs.map((slug) => [slug, many]));
    const minute = {
      minute: "2026-11-21T10:00:00.000Z",
      received: many,
      accepted: many,
      duplicate: many,
      limited: many,
      rejected,
    };
    const message = AccountMessage.parse({ ...golden, minutes: Array.from({ length: MINUTES_MOST }, () => minute) });
    expect(jsonBytes(message)).toBeLessThan(100_000);
  });
});
