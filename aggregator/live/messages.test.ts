import { describe, expect, it } from "vitest";
import { ANOMALOUS, NOW_MS, scoredEvent } from "../test-events.ts";
import { changedMessage, storedMessages } from "./messages.ts";

interface Told {
  at: string;
  events: { id: string; anomaly: boolean }[];
  more: number;
  anomalies: { id: string }[];
}

const told = (...stored: Parameters<typeof storedMessages>[0]) =>
  storedMessages(stored, NOW_MS).map((message) => JSON.parse(message) as Told);

const ordinary = (count: number) =>
  Array.from({ length: count }, (_each, index) =>
    scoredEvent({ id: `evt_${index}`, timestamp: new Date(NOW_MS + index * 1_000).toISOString() }),
  );
const anomalous = (count: number) =>
  Array.from({ length: count }, (_each, index) => scoredEvent({ id: `evt_odd_${index}` }, ANOMALOUS));

describe("storedMessages", () => {
  it("tells an anomaly among the events, and with its reason by itself", () => {
    expect(told(scoredEvent({ id: "evt_00000001", timestamp: "2026-11-21T10:59:59.1239+01:00" }, ANOMALOUS))).toEqual([
      {
        type: "stored",
        at: "2026-11-21T10:00:00.000Z",
        events: [
          {
            id: "evt_00000001",
            name: "purchase",
            occurred_at: "2026-11-21T09:59:59.123Z",
            score: 0.93,
            anomaly: true,
            value: 49.9,
            currency: "EUR",
            country: "DE",
            user_id: "user-1",
          },
        ],
        more: 0,
        anomalies: [
          {
            id: "ano_evt_00000001",
            event_id: "evt_00000001",
            occurred_at: "2026-11-21T09:59:59.123Z",
            score: 0.93,
            name: "purchase",
            value: 49.9,
            currency: "EUR",
            country: "DE",
            reason: "14 orders with this card in 1 h; usual is 1",
          },
        ],
      },
    ]);
  });

  it("tells the newest 50 ordinary events and how many more there were", () => {
    const [message] = told(...ordinary(60));
    expect(message?.events).toHaveLength(50);
    expect([message?.events[0]?.id, message?.more]).toEqual(["evt_59", 10]);
  });

  it("tells every anomaly of a storm, in messages of 50, so that none grows without bound", () => {
    const messages = told(...ordinary(60), ...anomalous(120));
    expect(messages.map(({ anomalies }) => anomalies.length)).toEqual([50, 50, 20]);
    expect(messages.map(({ more }) => more)).toEqual([10, 0, 0]);
    const counted = messages.reduce((sum, { events, more }) => sum + events.length + more, 0);
    expect(counted).toBe(180);
  });

  it("tells what an event does not say as null", () => {
    const { event, ...rest } = scoredEvent({ id: "evt_00000001", name: "login" });
    const { value: _, currency: __, user_id: ___, ...bare } = event;
    expect(told({ ...rest, signals: {}, event: bare })[0]?.events[0]).toMatchObject({
      value: null,
      currency: null,
      country: null,
      user_id: null,
    });
  });
});

describe("changedMessage", () => {
  it("says what changed, by kind and id", () => {
    expect(JSON.parse(changedMessage("alert", "alt_1"))).toEqual({ type: "changed", kind: "alert", id: "alt_1" });
  });
});
