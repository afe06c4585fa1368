import { describe, expect, it } from "vitest";
import { pick, seededRandom } from "../shared/random.ts";
import { validate } from "./validate.ts";

const RECEIVED_MS = Date.parse("2026-11-21T10:00:00.000Z");
const HOUR_MS = 3_600_000;
const iso = (ms: number) => new Date(ms).toISOString();
const at = (offsetMs: number) => iso(RECEIVED_MS + offsetMs);

function check(changes: Record<string, unknown>, batchSentAt?: string, source: "publishable" | "secret" = "secret") {
  const value = { id: "evt_00000001", name: "page_view", ...changes };
  return validate({ value, fault: null }, batchSentAt, source, RECEIVED_MS);
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
    { because: "of a year that no shop knew", event: { timestamp: "1994-12-31T23:59:59.999Z" } },
    { because: "made of seconds taken for milliseconds", event: { timestamp: new Date(1_763_719_200).toISOString() } },
    {
      because: "moved before 1995 by a wrong clock",
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

  it("refuses an id that is the number of a card, because an id can be neither masked nor changed", () => {
    const card = "4242424242424242";
    const refused = check({ id: card });
    expect(refused).toMatchObject({ kind: "rejected", slug: "invalid", errors: [{ pointer: "/id" }] });
    expect(JSON.stringify(refused.kind === "rejected" && refused.errors)).not.toContain(card);
  });

  it("takes an event in the terms of another platform", () => {
    const value = { format: "segment", messageId: "ajs-next-00000001", type: "page", properties: { title: "Mugs" } };
    expect(validate({ value, fault: null }, undefined, "publishable", RECEIVED_MS)).toMatchObject({
      kind: "valid",
      event: { id: "ajs-next-00000001", name: "page_view" },
    });
  });

  it("passes on what was found wrong while reading", () => {
    const fault = { slug: "too-large" as const, errors: [{ pointer: "", detail: "has more than 32000 bytes" }] };
    expect(validate({ value: { id: "evt_00000001" }, fault }, undefined, "secret", RECEIVED_MS)).toEqual({
      kind: "rejected",
      id: "evt_00000001",
      ...fault,
    });
  });

  it("names a refused event by its id where that is in order, so that the sender can tell which", () => {
    expect(check({ name: "Not A Name" })).toMatchObject({ id: "evt_00000001", errors: [{ pointer: "/name" }] });
    for (const raw of [{ id: "short", name: "x" }, { id: 7 }, null, [], "text"]) {
      expect(validate({ value: raw, fault: null }, undefined, "secret", RECEIVED_MS)).toMatchObject({
        kind: "rejected",
        id: null,
      });
    }
  });
});

describe("an event's time", () => {
  const FORMS = [
    (ms: number) => iso(ms),
    (ms: number) => iso(ms).replace("Z", "+00:00"),
    (ms: number) => iso(ms).replace("Z", "+02:00"),
    (ms: number) => iso(ms).replace(/\.\d+Z/, "Z"),
    (ms: number) => iso(ms).replace("Z", "0Z"),
    (ms: number) => iso(ms).replace(/\dZ/, "Z"),
    (ms: number) => iso(ms).replace("Z", "999Z"),
    (ms: number) => iso(ms).replace(/\.\d+Z/, "-23:59"),
  ];

  const EARLIEST_MS = Date.UTC(1995, 0, 2);

  it("is UTC with milliseconds in whatever of 5,000 ways it was written", () => {
    const random = seededRandom(3);
    for (let round = 0; round < 5_000; round++) {
      const ms = EARLIEST_MS + Math.floor(random() * (RECEIVED_MS + HOUR_MS - EARLIEST_MS));
      const timestamp = pick(random, FORMS)(ms);
      const expected = iso(Math.min(Date.parse(timestamp), RECEIVED_MS));
      expect(check({ timestamp }), timestamp).toMatchObject({ kind: "valid", timestamp: expected });
    }
  });

  it("is refused before 1995 however it was written", () => {
    for (const form of FORMS.slice(0, 4)) {
      const timestamp = form(Date.UTC(1994, 11, 30, 12));
      expect(check({ timestamp })).toMatchObject({ kind: "rejected", errors: [{ pointer: "/timestamp" }] });
    }
    expect(check({ timestamp: "0099-11-21T10:00:00.000Z" })).toMatchObject({ errors: [{ pointer: "/timestamp" }] });
  });
});
