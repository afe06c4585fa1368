import { describe, expect, it } from "vitest";
import { ScoredEvent, type IntakeMessage, type Verdict } from "../shared/message.ts";
import { below, chance, pick, seededRandom, type Random } from "../shared/random.ts";
import { inWords, readIntake } from "./intake.ts";
import { ANOMALOUS, intakeMessage, NOW_MS, scoredEvent } from "./test-events.ts";

/** What a field of a message could hold that was not written by the edge of today. */
const STRAYS: readonly unknown[] = [
  null,
  true,
  "",
  "no",
  -1,
  0.5,
  2,
  1e21,
  [],
  {},
  [1, "two"],
  { rules: 0.5 },
  "2026-11-21T10:00:00.000Z",
  "2026-02-30T10:00:00.000Z",
];

const SHADOW = { model: "global@v1", client_model: null, calibration: "c", score: 0.1, anomaly: false };
const GOOD: readonly ScoredEvent[] = [
  scoredEvent({ id: "evt_00000001" }),
  scoredEvent({ id: "evt_00000002", properties: { deep: [{ "": null }] } }, ANOMALOUS, { rules: { velocity: 0.7 } }),
  scoredEvent(
    { id: "evt_00000003", context: { user_agent: "a\tb\n", geo: { country: "DE" } } },
    {},
    { shadow: SHADOW, signals: { asn: 1, bot: true, email_digits: 0.5 } },
  ),
];

/** Changes a place somewhere in a value: what is there goes, or becomes something else, or something is put beside it. */
function disturb(random: Random, value: unknown): unknown {
  if (typeof value !== "object" || value === null || chance(random, 0.2)) return pick(random, STRAYS);
  const entries: [string, unknown][] = Object.entries(value);
  const at = below(random, entries.length + 1);
  const [key, held] = entries[at] ?? ["stray", undefined];
  const rest = entries.filter(([other]) => other !== key);
  if (held !== undefined && chance(random, 0.1))
    return Array.isArray(value) ? value.slice(1) : Object.fromEntries(rest);
  const put = disturb(random, held);
  return Array.isArray(value)
    ? [...value.slice(0, at), put, ...value.slice(at + 1)]
    : Object.fromEntries([...rest, [key, put]]);
}

/** A message as the edge writes it: what all events have in common once, and each verdict once. */
function sharing(events: readonly ScoredEvent[]): IntakeMessage {
  const verdicts: Verdict[] = [];
  const own = events.map(({ event, timestamp_source, repeated, signals, features, rules, assessment, shadow }) => {
    const made: Verdict = { features, rules, assessment, shadow };
    const found = verdicts.findIndex((verdict) => JSON.stringify(verdict) === JSON.stringify(made));
    return {
      event,
      timestamp_source,
      repeated,
      signals,
      arrival: 1,
      verdict: found === -1 ? verdicts.push(made) - 1 : found,
    };
  });
  const { received_at, source, feature_set, runtime } = events[0] as ScoredEvent; // there are some
  const arrival = { request_id: "req_1", key_id: "key_1", received_at, source, feature_set, runtime };
  return { v: 4, arrivals: [{ ...arrival, request_id: "req_0" }, arrival], verdicts, events: own };
}

describe("readIntake", () => {
  it("reads of 5,000 events, most of which are wrong somewhere, what the schema reads, and says what it says", () => {
    const random = seededRandom(7);
    let taken = 0;
    for (let nth = 0; nth < 5_000; nth++) {
      const good = pick(random, GOOD);
      const event = chance(random, 0.1) ? good : disturb(random, good);
      const { rows, failures } = readIntake([{ id: "m", body: JSON.stringify(intakeMessage(event)) }], NOW_MS);
      const parsed = ScoredEvent.safeParse(event);
      expect(rows.map(({ scored }) => scored)).toEqual(parsed.success ? [parsed.data] : []);
      expect(failures.map(({ reason }) => reason)).toEqual(
        parsed.success ? [] : [`not a scored event: ${inWords(parsed.error)}`],
      );
      taken += rows.length;
    }
    expect(taken).toBeGreaterThan(500);
    expect(taken).toBeLessThan(4_000);
  });

  it("reads what several events of a message share as each one's own", () => {
    const [one, other, odd] = GOOD as [ScoredEvent, ScoredEvent, ScoredEvent]; // there are three
    const alike = { ...one, event: { ...one.event, id: "evt_00000009" } };
    const message = sharing([one, odd, alike, other]);
    expect(message.verdicts.length).toBe(3);
    const { rows, failures } = readIntake([{ id: "m", body: JSON.stringify(message) }], NOW_MS);
    expect(rows.map(({ scored }) => scored)).toEqual([one, odd, alike, other]);
    expect(failures).toEqual([]);
  });

  it.each([
    { what: "a verdict that is not there", change: { verdict: 7 } },
    { what: "no verdict", change: { verdict: undefined } },
    { what: "something of its own that is wrong", change: { runtime: "java" } },
  ])("holds $what against the event alone, and keeps it with all there is of it", ({ change }) => {
    const message = sharing(GOOD);
    const events = message.events.map((event, index) => (index === 1 ? { ...event, ...change } : event));
    const { rows, failures } = readIntake([{ id: "m", body: JSON.stringify({ ...message, events }) }], NOW_MS);
    expect(rows.map(({ scored }) => scored)).toEqual([GOOD[0], GOOD[2]]);
    expect(failures).toMatchObject([
      { id: "fail_m_1", event_id: "evt_00000002", payload: { v: 3, request_id: "req_1", key_id: "key_1" } },
    ]);
    const again = readIntake([{ id: "again", body: failures[0]?.payload }], NOW_MS);
    expect(again.failures).toMatchObject([{ payload: failures[0]?.payload, reason: failures[0]?.reason }]);
  });

  it("keeps as a whole a message whose envelope is wrong", () => {
    const body = { ...sharing(GOOD), arrivals: [] };
    expect(readIntake([{ id: "m", body: JSON.stringify(body) }], NOW_MS)).toMatchObject({
      rows: [],
      failures: [{ id: "fail_m", event_id: null, payload: body }],
    });
  });

  it("keeps of an event that cannot be stored the message it would have come in alone", () => {
    const [good, bad] = [scoredEvent({ id: "evt_00000001" }), { event: { id: "evt_00000002" } }];
    const { rows, failures } = readIntake([{ id: "m", body: JSON.stringify(intakeMessage(good, bad)) }], NOW_MS);
    expect(failures).toMatchObject([{ id: "fail_m_1", event_id: "evt_00000002", payload: intakeMessage(bad) }]);
    expect(rows.map(({ failedFor }) => failedFor("refused"))).toEqual([
      { id: "fail_m_0", event_id: "evt_00000001", reason: "refused", payload: intakeMessage(good) },
    ]);
  });
});
