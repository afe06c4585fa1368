import { afterEach, describe, expect, it, vi } from "vitest";
import { Deadlines } from "../shared/deadline.ts";
import { LIMITS } from "../shared/limits.ts";
import type { Assessment } from "../shared/assessment.ts";
import {
  IntakeEnvelope,
  ScoredEvent,
  wholeEvents,
  type Arrival,
  type IntakeMessage,
  type Verdict,
} from "../shared/message.ts";
import { below, chance, pick, seededRandom } from "../shared/random.ts";
import {
  inMessages,
  linesOf,
  publish as publishBy,
  type Judged,
  type Line,
  type Put,
  type WrittenMessage,
} from "./publish.ts";
import { eventsIn } from "./test-edge.ts";
import { writeVerdict } from "./verdicts.ts";

const ARRIVAL = {
  request_id: "req_01hzy3k9q00000000000000000",
  key_id: "sec0000000000001",
  received_at: "2026-11-21T10:00:00.000Z",
  source: "secret",
  feature_set: "shop-v4",
  runtime: "ort",
} as const;

function verdictOf(assessment: Partial<Assessment> = {}): Verdict {
  return {
    features: [-1, 0.5],
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
      ...assessment,
    },
    shadow: null,
  };
}

const QUIET = writeVerdict(verdictOf());

async function publish(...[events, arrival, put]: [readonly Judged[], Arrival, Put]): Promise<boolean[]> {
  const deadlines = new Deadlines();
  return publishBy(linesOf(events, arrival), put, deadlines).finally(() => deadlines.end());
}

/** An event of some size on its way; what it holds is of no matter here. */
function judged(index: number, text = "", verdict = QUIET): Judged {
  const event = {
    id: `evt_${String(index).padStart(8, "0")}`,
    name: "login",
    timestamp: "2026-11-21T10:00:00.000Z",
    properties: { text },
  };
  return { arrived: { event, timestamp_source: "received", repeated: false, signals: {} }, verdict };
}

/** What was written into a message, for a queue that looks into it. */
const read =
  (look: (message: IntakeMessage) => unknown) =>
  async ({ text }: WrittenMessage) =>
    look(JSON.parse(text) as IntakeMessage); // what publish writes
const bytesOf = (message: IntakeMessage) => new TextEncoder().encode(JSON.stringify(message)).byteLength;
const idsOf = (messages: readonly IntakeMessage[]) =>
  messages.flatMap(({ events }) => events.map(({ event }) => event.id));

describe("inMessages", () => {
  it("puts lines of several requests into one message, each with the request it came with", async () => {
    const lines: Line[] = [];
    const keep = async (these: Line[]) => {
      lines.push(...these);
      return these.map(() => true);
    };
    for (const [index, request_id] of ["req_1", "req_2", "req_1"].entries())
      await publish([judged(index), judged(index + 10)], { ...ARRIVAL, request_id }, keep);
    const sent: IntakeMessage[] = [];
    expect(await inMessages(read((message) => sent.push(message)))(lines, false)).toEqual(Array(6).fill(true));
    expect(sent.length).toBe(1);
    expect(wholeEvents(IntakeEnvelope.parse(sent[0])).map(({ request_id, event }) => [request_id, event])).toEqual(
      ["req_1", "req_1", "req_2", "req_2", "req_1", "req_1"].map((request_id) => [request_id, expect.any(Object)]),
    );
  });
});

describe("publish", () => {
  it("puts one request's events into one message, because messages are what a queue bills", async () => {
    const sent: IntakeMessage[] = [];
    const events = Array.from({ length: 50 }, (_, index) => judged(index));
    expect(await publish(events, ARRIVAL, inMessages(read((message) => sent.push(message))))).toEqual(
      Array(50).fill(true),
    );
    expect(sent.length).toBe(1);
    expect(idsOf(sent)).toEqual(events.map(({ arrived }) => arrived.event.id));
  });

  it("says of each event in whole what was made of it, once where several share it, in however many messages they go", async () => {
    const random = seededRandom(11);
    for (let run = 0; run < 50; run++) {
      const verdicts = Array.from({ length: 1 + below(random, 30) }, (_each, index) => {
        const detail = "é".repeat(below(random, 2_000));
        const reasons = [{ code: "velocity", detail, contribution: index / 100 }];
        return writeVerdict(verdictOf({ anomaly: chance(random, 0.1), reasons }));
      });
      const events = Array.from({ length: 1 + below(random, 100) }, (_each, index) =>
        judged(index, "€".repeat(below(random, 600)), pick(random, verdicts)),
      );
      const sent: IntakeMessage[] = [];
      await publish(events, ARRIVAL, inMessages(read((message) => sent.push(message))));
      const whole = sent.flatMap(eventsIn).toSorted((one, other) => (one.event.id < other.event.id ? -1 : 1));
      const { request_id: _request, key_id: _key, ...arrival } = ARRIVAL;
      expect(whole).toEqual(
        events.map(({ arrived, verdict }) => ({ ...arrived, ...arrival, ...(JSON.parse(verdict.text) as Verdict) })), // what it writes
      );
      for (const event of whole) expect(ScoredEvent.safeParse(event).success).toBe(true);
      for (const message of sent) {
        expect(bytesOf(message)).toBeLessThanOrEqual(LIMITS.messageBytes);
        expect(new Set(message.events.map(({ verdict }) => verdict)).size).toBe(message.verdicts.length);
      }
    }
  });

  it.each(["a", "€", "\u0001"])(
    "splits in order so that no message is above 120,000 bytes, filled with %j",
    async (character) => {
      const sent: IntakeMessage[] = [];
      const events = Array.from({ length: 90 }, (_, index) => judged(index, character.repeat((index * 397) % 4_000)));
      const published = await publish(events, ARRIVAL, inMessages(read((message) => sent.push(message))));
      expect(published).toEqual(Array(90).fill(true));
      expect(idsOf(sent)).toEqual(events.map(({ arrived }) => arrived.event.id));
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
    const events = [judged(0), judged(1, "a".repeat(119_000)), judged(2)];
    expect(await publish(events, ARRIVAL, inMessages(read((message) => sent.push(message))))).toEqual([
      true,
      true,
      true,
    ]);
    expect(idsOf(sent)).toEqual(events.map(({ arrived }) => arrived.event.id));
    expect(sent.length).toBeGreaterThan(1);
  });

  it("sends anomalies in messages of their own, so that no alert waits behind bulk", async () => {
    const sent: WrittenMessage[] = [];
    const odd = writeVerdict(verdictOf({ anomaly: true }));
    const events = [0, 1, 2, 3].map((index) => judged(index, "", index % 2 === 1 ? odd : QUIET));
    const published = await publish(
      events,
      ARRIVAL,
      inMessages(async (message) => {
        sent.push(message);
        if (message.urgent) throw new Error("this queue is full");
      }),
    );
    const idsIn = (urgent: boolean) =>
      sent.filter((message) => message.urgent === urgent).map(({ text }) => idsOf([JSON.parse(text) as IntakeMessage])); // what publish writes
    expect(idsIn(true)).toEqual([["evt_00000001", "evt_00000003"]]);
    expect(idsIn(false)).toEqual([["evt_00000000", "evt_00000002"]]);
    expect(published).toEqual([true, false, true, false]);
  });

  it("tells which events are not on the queue when only some messages were taken", async () => {
    const events = Array.from({ length: 6 }, (_, index) => judged(index, "a".repeat(50_000)));
    const published = await publish(
      events,
      ARRIVAL,
      inMessages(async ({ text }) => {
        if (text.includes("evt_00000002")) throw new Error("queue is full");
      }),
    );
    expect(published).toEqual([true, true, false, false, true, true]);
  });

  it("takes a queue that throws at once for one that is away", async () => {
    const broken = () => {
      throw new TypeError("cannot be serialised");
    };
    expect(await publish([judged(0)], ARRIVAL, inMessages(broken))).toEqual([false]);
  });

  it("sends nothing for nothing", async () => {
    expect(await publish([], ARRIVAL, () => Promise.reject(new Error("asked")))).toEqual([]);
  });

  describe("when the queue hangs", () => {
    afterEach(() => void vi.useRealTimers());

    it("gives up after 5 s, on that queue alone", async () => {
      vi.useFakeTimers();
      const odd = writeVerdict(verdictOf({ anomaly: true }));
      const send = ({ urgent }: WrittenMessage) => (urgent ? new Promise(() => undefined) : Promise.resolve());
      let published: boolean[] | null = null;
      const done = publish([judged(0, "", odd), judged(1)], ARRIVAL, inMessages(send)).then(
        (result) => (published = result),
      );
      await vi.advanceTimersByTimeAsync(4_999);
      expect(published).toBeNull();
      await vi.advanceTimersByTimeAsync(1);
      await done;
      expect(published).toEqual([false, true]);
    });
  });
});
