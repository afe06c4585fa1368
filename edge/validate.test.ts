import { describe, expect, it } from "vitest";
import { LIMITS } from "../shared/limits.ts";
import { checkSize, validate } from "./validate.ts";

const RECEIVED_MS = Date.parse("2026-11-21T10:00:00.000Z");
const HOUR_MS = 3_600_000;
const iso = (ms: number) => new Date(ms).toISOString();
const at = (offsetMs: number) => iso(RECEIVED_MS + offsetMs);

function check(changes: Record<string, unknown>, batchSentAt?: string, source: "publishable" | "secret" = "secret") {
  return validate({ id: "evt_00000001", name: "page_view", ...changes }, batchSentAt, source, RECEIVED_MS);
}

describe("validate", () => {
  it.each([
    { because: "none is the time of receipt", event: {}, timestamp: at(0), source: "received" },
    {
      because: "one without a clock is the sender's",
      event: { timestamp: at(-5_000) },
      timestamp: at(-5_000),
      source: "sender",
    },
    {
      because: "an offset is written in UTC",
      event: { timestamp: "2026-11-21T11:30:00.5+02:00" },
      timestamp: "2026-11-21T09:30:00.500Z",
      source: "sender",
    },
    {
      because: "a clock 1 h ahead is set right",
      event: { timestamp: at(HOUR_MS - 2_000), sent_at: at(HOUR_MS) },
      timestamp: at(-2_000),
      source: "corrected",
    },
    {
      because: "a clock a day behind is set right",
      event: { timestamp: at(-24 * HOUR_MS - 2_000), sent_at: at(-24 * HOUR_MS) },
      timestamp: at(-2_000),
      source: "corrected",
    },
    {
      because: "a clock without a time corrects nothing",
      event: { sent_at: at(HOUR_MS) },
      timestamp: at(0),
      source: "received",
    },
    { because: "a little ahead is now", event: { timestamp: at(1) }, timestamp: at(0), source: "sender" },
    { because: "24 h ahead is now", event: { timestamp: at(24 * HOUR_MS) }, timestamp: at(0), source: "sender" },
    {
      because: "sent before it happened is now",
      event: { timestamp: at(5_000), sent_at: at(0) },
      timestamp: at(0),
      source: "corrected",
    },
    {
      because: "long ago stays",
      event: { timestamp: "1999-12-31T23:59:59Z" },
      timestamp: "1999-12-31T23:59:59.000Z",
      source: "sender",
    },
  ])("makes of a timestamp what it stands for: $because", ({ event, timestamp, source }) => {
    expect(check(event)).toMatchObject({ kind: "valid", timestamp, timestampSource: source });
  });

  it("corrects by the batch's clock, and by the event's own first", () => {
    const event = { timestamp: at(HOUR_MS - 2_000) };
    expect(check(event, at(HOUR_MS))).toMatchObject({ timestamp: at(-2_000), timestampSource: "corrected" });
    expect(check({ ...event, sent_at: at(HOUR_MS + 1_000) }, at(HOUR_MS))).toMatchObject({ timestamp: at(-3_000) });
  });

  it.each([
    { because: "more than 24 h ahead", event: { timestamp: at(24 * HOUR_MS + 1) } },
    { because: "more than 24 h ahead of its own clock", event: { timestamp: at(25 * HOUR_MS), sent_at: at(0) } },
    { because: "of a clock that was never set", event: { timestamp: "0001-01-01T00:00:00Z" } },
    {
      because: "moved before 1970 by a wrong clock",
      event: { timestamp: "0000-01-01T00:00:00Z", sent_at: "9999-12-31T23:59:59Z" },
    },
  ])("refuses a time $because, and points at it", ({ event }) => {
    expect(check(event)).toMatchObject({ kind: "rejected", id: "evt_00000001", errors: [{ pointer: "/timestamp" }] });
  });

  it("keeps to a publishable key what only a server may say of a shopper", () => {
    const context = { ip: "192.0.2.1", user_agent: "x", geo: {}, locale: "de" };
    expect(check({ context }, undefined, "publishable")).toMatchObject({
      kind: "rejected",
      errors: [{ pointer: "/context/ip" }, { pointer: "/context/user_agent" }, { pointer: "/context/geo" }],
    });
    expect(check({ context })).toMatchObject({ kind: "valid" });
    expect(check({ context: { locale: "de" } }, undefined, "publishable")).toMatchObject({ kind: "valid" });
  });

  it("names a refused event by its id where that is in order, so that the sender can tell which", () => {
    expect(check({ name: "Not A Name" })).toMatchObject({ id: "evt_00000001", errors: [{ pointer: "/name" }] });
    for (const raw of [{ id: "short", name: "x" }, { id: 7 }, null, [], "text"]) {
      expect(validate(raw, undefined, "secret", RECEIVED_MS)).toMatchObject({ kind: "rejected", id: null });
    }
  });
});

describe("checkSize", () => {
  /** An event of so many bytes of JSON, filled up with a character of so many. */
  function eventOf(bytes: number, character = "a"): unknown {
    const event = { id: "evt_00000001", name: "page_view", properties: { text: "" } };
    const room = bytes - JSON.stringify(event).length;
    const width = new TextEncoder().encode(character).byteLength;
    event.properties.text = character.repeat(Math.floor(room / width)) + "a".repeat(room % width);
    return event;
  }

  it.each(["a", "ü", "€", "😀"])("takes 32,000 bytes of %s and refuses one more", (character) => {
    expect(checkSize(eventOf(LIMITS.eventBytes, character), LIMITS.bodyBytes)).toBeNull();
    expect(checkSize(eventOf(LIMITS.eventBytes + 1, character), LIMITS.bodyBytes)).toMatchObject({
      kind: "rejected",
      id: "evt_00000001",
      errors: [{ pointer: "" }],
    });
  });

  it("counts an event as it will be written, because short numbers may write long", () => {
    const text = `{"id":"evt_00000001","name":"page_view","properties":{"n":[${Array(6_000).fill("1e20").join()}]}}`;
    expect(text.length).toBeLessThan(LIMITS.eventBytes);
    expect(checkSize(JSON.parse(text), text.length)).toMatchObject({ kind: "rejected" });
  });

  it("does not write a small body out to measure it, because most are", () => {
    const untouchable = { toJSON: () => expect.unreachable("was written out") };
    expect(checkSize(untouchable, 6_000)).toBeNull();
  });
});
