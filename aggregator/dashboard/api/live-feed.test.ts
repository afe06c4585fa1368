import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LiveFeed, type Socket } from "./live-feed.ts";
import type { LiveMessage } from "./live-messages.ts";

/** The other end of a connection, played by hand. */
function testFeed() {
  const sockets: ReturnType<typeof testSocket>[] = [];
  const told: LiveMessage[] = [];
  const feed = new LiveFeed({
    connect() {
      const socket = testSocket();
      sockets.push(socket);
      return socket.end;
    },
    key: () => "sk_test",
    nowMs: () => Date.now(),
    random: () => 0.5,
    onMessage: (message) => told.push(message),
  });
  const last = () => {
    const socket = sockets.at(-1);
    if (socket === undefined) throw new Error("nothing was connected");
    return socket;
  };
  return { feed, told, last, count: () => sockets.length };
}

function testSocket() {
  const target = new EventTarget();
  const sent: unknown[] = [];
  const end: Socket = {
    addEventListener: target.addEventListener.bind(target),
    send: (text) => sent.push(JSON.parse(text as string)),
    close: () => {},
  };
  return {
    end,
    sent,
    opens: () => target.dispatchEvent(new Event("open")),
    says: (message: object) => target.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(message) })),
    closes: (code: number) => target.dispatchEvent(Object.assign(new Event("close"), { code })),
  };
}

const event = (id: string) => ({
  id,
  name: "page_view",
  occurred_at: "2026-11-21T10:00:00.000Z",
  score: 0,
  anomaly: false,
  value: null,
  currency: null,
  country: null,
  user_id: null,
});

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("LiveFeed", () => {
  it("shows the key in its first message, and is live once that was taken", () => {
    const { feed, last } = testFeed();
    feed.start();
    expect(feed.snapshot().state.kind).toBe("connecting");
    last().opens();
    expect(last().sent).toEqual([{ type: "auth", key: "sk_test", after: null }]);
    last().says({ type: "ready", seq: 7, replayed: 0 });
    expect(feed.snapshot().state.kind).toBe("live");
    feed.stop();
  });

  it("comes back by itself, later each time, and asks for what it missed", () => {
    const { feed, last, count } = testFeed();
    feed.start();
    last().opens();
    last().says({ type: "ready", seq: 7, replayed: 0 });
    last().says({ type: "stored", seq: 8, at: "", events: [event("a")], more: 4, anomalies: [] });
    last().closes(1006);
    expect(feed.snapshot().state).toMatchObject({ kind: "waiting", lost: true });
    vi.advanceTimersByTime(1_000);
    last().closes(1006);
    vi.advanceTimersByTime(1_000);
    expect(count()).toBe(2);
    vi.advanceTimersByTime(1_000);
    expect(count()).toBe(3);
    last().opens();
    expect(last().sent).toEqual([{ type: "auth", key: "sk_test", after: 8 }]);
    expect(feed.snapshot()).toMatchObject({ seen: 5, events: [{ id: "a" }] });
    feed.stop();
  });

  it("takes a connection for lost that has been silent, though nobody closed it", () => {
    const { feed, last } = testFeed();
    feed.start();
    last().opens();
    last().says({ type: "ready", seq: 1, replayed: 0 });
    vi.advanceTimersByTime(60_000);
    expect(last().sent).toContainEqual({ type: "ping" });
    expect(feed.snapshot().state.kind).not.toBe("live");
    feed.stop();
  });

  it.each([4401, 4403])("does not try again with a key that was refused by %i", (code) => {
    const { feed, last, count } = testFeed();
    feed.start();
    last().opens();
    last().closes(code);
    vi.advanceTimersByTime(600_000);
    expect(feed.snapshot().state.kind).toBe("refused");
    expect(count()).toBe(1);
  });

  it("forgets what came when it is stopped: the next who signs in may not be allowed to see it", () => {
    const { feed, last } = testFeed();
    feed.start();
    last().opens();
    last().says({ type: "stored", seq: 8, at: "", events: [event("a")], more: 0, anomalies: [] });
    feed.stop();
    expect(feed.snapshot()).toEqual({ state: { kind: "off" }, events: [], anomalies: [], seen: 0 });
  });
});
