import { afterEach, describe, expect, it, vi } from "vitest";
import { LIMITS } from "../shared/limits.ts";
import { IntakeEnvelope, type IntakeMessage, type ScoredEvent } from "../shared/message.ts";
import { publish, type WrittenMessage } from "./publish.ts";

const ENVELOPE = { v: 3, request_id: "req_01hzy3k9q00000000000000000", key_id: "sec0000000000001" } as const;

/** A scored event of some size; what it holds is of no matter here. */
function scored(index: number, text = ""): ScoredEvent {
  return {
    event: {
      id: `evt_${String(index).padStart(8, "0")}`,
      name: "login",
      timestamp: "2026-11-21T10:00:00.000Z",
      properties: { text },
    },
    timestamp_source: "received",
    received_at: "2026-11-21T10:00:00.000Z",
    source: "secret",
    repeated: false,
    signals: {},
    feature_set: "shop-v1",
    features: [],
    rules: {},
    assessment: {
      score: 0,
      anomaly: false,
      threshold: 0.7,
      confidence: 0,
      reasons: [],
      signals: { model: null, client_model: null, rules: 0 },
      model: null,
      client_model: null,
      calibration: "2026-W47",
      degraded: [],
    },
    shadow: null,
    runtime: "none",
  };
}

/** What was written into a message, for a queue that looks into it. */
const read =
  (look: (message: IntakeMessage) => unknown) =>
  async ({ text }: WrittenMessage) =>
    look(JSON.parse(text) as IntakeMessage); // what publish writes
const bytesOf = (message: IntakeMessage) => new TextEncoder().encode(JSON.stringify(message)).byteLength;
const idsOf = (messages: readonly IntakeMessage[]) =>
  messages.flatMap(({ events }) => events.map(({ event }) => event.id));

describe("publish", () => {
  it("puts one request's events into one message, because messages are what a queue bills", async () => {
    const sent: IntakeMessage[] = [];
    const events = Array.from({ length: 50 }, (_, index) => scored(index));
    expect(
      await publish(
        events,
        ENVELOPE,
        read((message) => sent.push(message)),
      ),
    ).toEqual(Array(50).fill(true));
    expect(sent).toEqual([{ ...ENVELOPE, events }]);
    expect(IntakeEnvelope.safeParse(sent[0]).success).toBe(true);
  });

  it.each(["a", "€", "\u0001"])(
    "splits in order so that no message is above 60,000 bytes, filled with %j",
    async (character) => {
      const sent: IntakeMessage[] = [];
      const events = Array.from({ length: 40 }, (_, index) => scored(index, character.repeat((index * 397) % 4_000)));
      const published = await publish(
        events,
        ENVELOPE,
        read((message) => sent.push(message)),
      );
      expect(published).toEqual(Array(40).fill(true));
      expect(idsOf(sent)).toEqual(events.map(({ event }) => event.id));
      expect(sent.length).toBeGreaterThan(1);
      expect(Math.max(...sent.map(bytesOf))).toBeLessThanOrEqual(LIMITS.messageBytes);
      for (const [index, message] of sent.entries()) {
        const [next] = sent[index + 1]?.events ?? [];
        const withNext = next && bytesOf({ ...message, events: [...message.events, next] });
        // No more room is left than is set aside for the envelope.
        if (withNext !== undefined) expect(withNext).toBeGreaterThan(LIMITS.messageBytes - 300);
      }
    },
  );

  it("sends an event that fills a message by itself, between others", async () => {
    const sent: IntakeMessage[] = [];
    const events = [scored(0), scored(1, "a".repeat(59_000)), scored(2)];
    expect(
      await publish(
        events,
        ENVELOPE,
        read((message) => sent.push(message)),
      ),
    ).toEqual([true, true, true]);
    expect(idsOf(sent)).toEqual(events.map(({ event }) => event.id));
    expect(sent.length).toBeGreaterThan(1);
  });

  it("sends anomalies in messages of their own, so that no alert waits behind bulk", async () => {
    const sent: WrittenMessage[] = [];
    const events = [0, 1, 2, 3].map((index) => {
      const event = scored(index);
      return { ...event, assessment: { ...event.assessment, anomaly: index % 2 === 1 } };
    });
    const published = await publish(events, ENVELOPE, async (message) => {
      sent.push(message);
      if (message.urgent) throw new Error("this queue is full");
    });
    const idsIn = (urgent: boolean) =>
      sent.filter((message) => message.urgent === urgent).map(({ text }) => idsOf([JSON.parse(text) as IntakeMessage])); // what publish writes
    expect(idsIn(true)).toEqual([["evt_00000001", "evt_00000003"]]);
    expect(idsIn(false)).toEqual([["evt_00000000", "evt_00000002"]]);
    expect(published).toEqual([true, false, true, false]);
  });

  it("tells which events are not on the queue when only some messages were taken", async () => {
    const events = Array.from({ length: 6 }, (_, index) => scored(index, "a".repeat(25_000)));
    const published = await publish(events, ENVELOPE, async ({ text }) => {
      if (text.includes("evt_00000002")) throw new Error("queue is full");
    });
    expect(published).toEqual([true, true, false, false, true, true]);
  });

  it("takes a queue that throws at once for one that is away", async () => {
    const broken = () => {
      throw new TypeError("cannot be serialised");
    };
    expect(await publish([scored(0)], ENVELOPE, broken)).toEqual([false]);
  });

  it("sends nothing for nothing", async () => {
    expect(await publish([], ENVELOPE, () => Promise.reject(new Error("asked")))).toEqual([]);
  });

  describe("when the queue hangs", () => {
    afterEach(() => void vi.useRealTimers());

    it("gives up after 5 s, on that message alone", async () => {
      vi.useFakeTimers();
      const events = [scored(0, "a".repeat(50_000)), scored(1, "a".repeat(50_000))];
      const send = ({ text }: WrittenMessage) =>
        text.includes("evt_00000000") ? new Promise(() => undefined) : Promise.resolve();
      let published: boolean[] | null = null;
      const done = publish(events, ENVELOPE, send).then((result) => (published = result));
      await vi.advanceTimersByTimeAsync(4_999);
      expect(published).toBeNull();
      await vi.advanceTimersByTimeAsync(1);
      await done;
      expect(published).toEqual([false, true]);
    });
  });
});
