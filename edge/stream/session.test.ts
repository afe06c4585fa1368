import { describe, expect, it } from "vitest";
import type { IntakeMessage } from "../../shared/message.ts";
import type { EdgeServices } from "../app.ts";
import { Problem } from "../../shared/problem.ts";
import { constantScorer, edge, KEYS, NOW_MS, ORIGIN, purchase, type Send } from "../test-edge.ts";
import { AUTH_MS, Session } from "./session.ts";
import { newState, type StreamState } from "./state.ts";

interface Given extends Partial<EdgeServices> {
  send?: Send;
  headers?: Record<string, string>;
}

/** A connection whose other side only listens, with a clock that is set by hand. */
function bench({ headers = {}, ...changes }: Given = {}) {
  const clock = { nowMs: NOW_MS };
  const { services, sent, lines, counted } = edge({ nowMs: () => clock.nowMs, ...changes });
  const heard: Record<string, unknown>[] = [];
  const closed: { code: number; reason: string }[] = [];
  const kept: StreamState[] = [];
  const peer = { unreadBytes: 0 };
  const socket = {
    send: (frame: string) => void (closed.length === 0 && heard.push(JSON.parse(frame) as Record<string, unknown>)),
    close: (code: number, reason: string) => void closed.push({ code, reason }),
    keep: (state: StreamState) => void kept.push(structuredClone(state)),
    unreadBytes: () => peer.unreadBytes,
  };
  const connection = { headers: new Headers({ "x-request-id": "req_open", ...headers }), cf: undefined };
  const session = new Session(newState(connection, NOW_MS + AUTH_MS), socket, services);
  const say = (frame: unknown) => session.hear(typeof frame === "string" ? frame : JSON.stringify(frame));
  const auth = (key: string = KEYS.secret) => say({ type: "auth", key });
  const event = (changed: Record<string, unknown> = {}) => ({ type: "event", event: purchase(changed) });
  return { clock, heard, closed, kept, peer, session, say, auth, event, sent, lines, counted, services };
}

/** A queue that takes nothing before it is told to. */
function heldQueue() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { send: () => promise, release: resolve };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const idOf = (frame: { event: Record<string, unknown> }) => frame.event["id"];

describe("a key on a connection", () => {
  it("opens it without a word, and a secret one is shown assessments", async () => {
    const { auth, say, event, heard, closed } = bench();
    await auth();
    expect(heard).toEqual([]);
    const first = event();
    await say(first);
    await say(first);
    expect(heard).toMatchObject([
      { type: "ack", id: idOf(first), status: "accepted", assessment: { threshold: 0.7 } },
      { type: "ack", id: idOf(first), status: "duplicate", assessment: { threshold: 0.7 } },
    ]);
    expect(closed).toEqual([]);
  });

  it("that is publishable is shown none, from a page on its list or from no page", async () => {
    for (const headers of [{ origin: ORIGIN }, {}]) {
      const { auth, say, event, heard } = bench({ headers });
      await auth(KEYS.publishable);
      const sent = event();
      await say(sent);
      expect(heard).toEqual([{ type: "ack", id: idOf(sent), status: "accepted" }]);
    }
  });

  it("need not be waited for before the first events are sent", async () => {
    const { auth, say, event, heard } = bench();
    await Promise.all([auth(), say(event()), say(event())]);
    expect(heard.map(({ status }) => status)).toEqual(["accepted", "accepted"]);
  });

  it("may be shown again, but no other may be: events would come under two names", async () => {
    const { auth, say, event, heard, closed } = bench();
    await auth();
    await auth();
    expect(heard).toEqual([]);
    await auth(KEYS.publishable);
    await say(event());
    expect(heard).toMatchObject([{ type: "error", problem: { status: 400 } }, { type: "ack" }]);
    expect(closed).toEqual([]);
  });

  const secretOfPage = { key: KEYS.secret, headers: { origin: ORIGIN } };
  const evilPage = { key: KEYS.publishable, headers: { origin: "https://evil.example" } };
  it.each([
    { key: KEYS.unknown, headers: {}, status: 401, reason: "unauthenticated", because: "it is unknown" },
    { key: "", headers: {}, status: 401, reason: "unauthenticated", because: "it is empty" },
    { key: `${KEYS.secret} x`, headers: {}, status: 401, reason: "unauthenticated", because: "there is more to it" },
    { ...secretOfPage, status: 403, reason: "forbidden", because: "it is secret and a page shows it" },
    { ...evilPage, status: 403, reason: "forbidden", because: "the page is not on its list" },
  ])("ends it when $because, after saying so; what came behind is counted and not taken", async (given) => {
    const refused: string[] = [];
    const allowance = { ...edge().services.allowance, refuse: async (address: string) => void refused.push(address) };
    const headers = { ...given.headers, "cf-connecting-ip": "203.0.113.7" };
    const { auth, say, event, heard, closed, sent, counted } = bench({ headers, allowance });
    await Promise.all([auth(given.key), say(event()), say(event())]);
    await say(event());
    expect(heard).toMatchObject([{ type: "error", problem: { status: given.status, instance: "req_open" } }]);
    expect(closed).toEqual([{ code: 1008, reason: given.reason }]);
    expect(refused).toEqual(["203.0.113.7"]);
    expect([sent, counted()]).toEqual([[], { received: 2, [given.reason]: 2 }]);
  });

  it("that cannot be looked up is not called bad: come again later", async () => {
    const away = new Problem("unavailable", "The key could not be looked up.", { headers: { "retry-after": "2" } });
    const { authenticate } = edge().services;
    const failing = Object.assign(() => Promise.reject(away), { isKnown: () => false, recheck: authenticate.recheck });
    const { auth, heard, closed } = bench({ authenticate: failing });
    await auth();
    expect(heard).toMatchObject([{ type: "error", problem: { status: 503, retry_after: 2 } }]);
    expect(closed).toEqual([{ code: 1013, reason: "unavailable" }]);
  });

  it("has to come first", async () => {
    const { say, event, heard, closed, sent, counted } = bench();
    const early = event();
    await say(early);
    expect(heard).toMatchObject([{ type: "error", id: idOf(early), problem: { status: 401 } }]);
    expect(closed).toEqual([{ code: 1008, reason: "unauthenticated" }]);
    expect([sent, counted()]).toEqual([[], { received: 1, unauthenticated: 1 }]);
  });

  it("that comes behind a bad one opens nothing", async () => {
    const { auth, say, event, heard, kept, sent } = bench();
    await Promise.all([say({ type: "ping" }), auth(KEYS.unknown), auth(), say(event())]);
    expect(heard).toMatchObject([{ type: "pong" }, { problem: { status: 401 } }]);
    expect([kept, sent]).toEqual([[], []]);
  });

  it("that is misspelt is told what is wrong with the frame", async () => {
    const { say, heard, closed } = bench();
    await say({ type: "auth", kye: KEYS.secret });
    expect(heard).toMatchObject([{ problem: { status: 422, errors: [{ pointer: "/key" }, { pointer: "/kye" }] } }]);
    expect(closed).toEqual([{ code: 1008, reason: "invalid" }]);
  });

  it.each([
    { answer: async () => false, closed: [{ code: 1008, reason: "unauthenticated" }], because: "it was revoked" },
    { answer: () => Promise.reject(new Error("away")), closed: [], because: "nobody can tell, so it goes on" },
  ])("is looked at anew before events are taken in: $because", async ({ answer, closed: expected }) => {
    const { authenticate } = edge().services;
    const known = (text: string | null) => authenticate(text);
    const { auth, say, event, closed, sent } = bench({
      authenticate: Object.assign(known, { isKnown: () => true, recheck: answer }),
    });
    await auth();
    await say(event());
    expect(closed).toEqual(expected);
    expect(sent.length).toBe(expected.length === 0 ? 1 : 0);
  });

  it("is not asked about again at once while the store of keys is away, which would hold up every event", async () => {
    let asked = 0;
    const { authenticate } = edge().services;
    const known = (text: string | null) => authenticate(text);
    const recheck = () => (asked++, Promise.reject(new Error("away")));
    const { auth, say, event, clock } = bench({ authenticate: Object.assign(known, { isKnown: () => true, recheck }) });
    await auth();
    for (const later of [0, 29_999, 1]) {
      clock.nowMs += later;
      await say(event());
    }
    expect(asked).toBe(2);
  });
});

describe("events on a connection", () => {
  it("that come while others are taken in go together, and are acked in the order they came", async () => {
    const queue = heldQueue();
    const calls: number[] = [];
    const { auth, say, event, heard } = bench({
      send: async (message) => {
        calls.push((JSON.parse(message.text) as IntakeMessage).events.length); // what publish writes
        await queue.send();
      },
    });
    await auth();
    const events = Array.from({ length: 151 }, () => event());
    const all = Promise.all(events.map(say));
    await turn();
    expect([calls, heard]).toEqual([[1], []]);
    queue.release();
    await all;
    await turn();
    expect(heard.map(({ id }) => id)).toEqual(events.map(idOf));
    expect(calls.reduce((sum, count) => sum + count)).toBe(151);
    expect(calls.length).toBeLessThan(151 / 5);
  });

  it("that cannot be taken are refused one by one, in their place, and spoil no other", async () => {
    const { auth, say, event, heard, closed, counted, lines } = bench();
    const [good, last] = [event(), event()];
    await Promise.all([
      auth(),
      say(good),
      say("{"),
      say({ type: "event", event: { id: "evt_bad00001", name: "purchase" } }),
      say({ type: "ping" }),
      say("x".repeat(100_001)),
      say({ type: "evnt", event: purchase({ id: "evt_typo0001" }) }),
      say(event({ id: "evt_large001", properties: { t: "x".repeat(32_000) } })),
      say(last),
    ]);
    expect(heard).toMatchObject([
      { type: "ack", id: idOf(good) },
      { type: "error", problem: { status: 400, errors: [{ pointer: "" }] } },
      {
        type: "error",
        id: "evt_bad00001",
        problem: { status: 422, errors: [{ pointer: "/transaction_id" }, {}, {}, {}] },
      },
      { type: "pong" },
      { type: "error", problem: { status: 413 } },
      { type: "error", id: "evt_typo0001", problem: { status: 422, errors: [{ pointer: "/type" }] } },
      { type: "error", id: "evt_large001", problem: { status: 413 } },
      { type: "ack", id: idOf(last) },
    ]);
    expect(closed).toEqual([]);
    expect(counted()).toEqual({ received: 7, accepted: 2, unreadable: 1, invalid: 2, "too-large": 2 });
    expect(JSON.stringify(lines)).not.toContain("evt_typo0001");
  });

  it("are sent again when the queue is away, and the connection stays for it", async () => {
    let isAway = true;
    const { auth, say, event, heard, closed, counted } = bench({
      send: () => (isAway ? Promise.reject(new Error("away")) : Promise.resolve()),
    });
    await auth();
    const sent = event();
    await say(sent);
    isAway = false;
    await turn(); // the profiles take back what they learned
    await say(sent);
    expect(heard).toMatchObject([
      { type: "error", id: idOf(sent), problem: { status: 503, retry_after: 2 } },
      { type: "ack", id: idOf(sent), status: "accepted" },
    ]);
    expect([closed, counted()]).toEqual([[], { received: 2, unavailable: 1, accepted: 1 }]);
  });

  it("are held to the rate of their key, each told when to come again", async () => {
    const spend = () =>
      Promise.reject(
        new Problem("rate-limited", "Too many came in this minute.", { headers: { "retry-after": "17" } }),
      );
    const { auth, say, event, heard, closed, counted } = bench({ allowance: { ...edge().services.allowance, spend } });
    await auth();
    const sent = event();
    await say(sent);
    expect(heard).toMatchObject([{ type: "error", id: idOf(sent), problem: { status: 429, retry_after: 17 } }]);
    expect([closed, counted()]).toEqual([[], { received: 1, limited: 1 }]);
  });

  it("are answered without detail when the edge breaks; when it goes on breaking, the connection ends", async () => {
    const scorer = { ...constantScorer(), score: () => Promise.reject(new Error("hunter2")) };
    const { auth, say, event, heard, closed, lines, counted } = bench({ scorer });
    await auth();
    for (let sent = 0; sent < 2; sent++) await say(event());
    expect(closed).toEqual([]);
    await say(event());
    expect(heard).toMatchObject([
      { problem: { status: 500 } },
      { problem: { status: 500 } },
      { problem: { status: 500 } },
    ]);
    expect(closed).toEqual([{ code: 1011, reason: "internal" }]);
    expect(JSON.stringify(heard)).not.toContain("hunter2");
    expect(lines[0]).toMatchObject({ streamId: "req_open", endings: { internal: 1 }, cause: "Error: hunter2" });
    expect(counted()).toEqual({ received: 3, internal: 3 });
  });

  it("may break now and then without ending the connection", async () => {
    let asked = 0;
    const { score } = constantScorer();
    const broken = () => Promise.reject(new Error("broken"));
    const scorer = {
      ...constantScorer(),
      score: (...row: Parameters<typeof score>) => (++asked % 3 === 0 ? score(...row) : broken()),
    };
    const { auth, say, event, heard, closed } = bench({ scorer });
    await auth();
    for (let sent = 0; sent < 6; sent++) await say(event());
    expect(heard.map(({ type }) => type)).toEqual(["error", "error", "ack", "error", "error", "ack"]);
    expect(closed).toEqual([]);
  });

  it("leave no line in the log when they are taken in, and no trace of a key in any", async () => {
    const { auth, say, event, lines } = bench();
    await auth();
    await say(event());
    expect(lines).toEqual([]);
    await auth(KEYS.publishable);
    await say("{");
    expect(JSON.stringify(lines)).not.toMatch(/[sp]k_/);
  });

  it("sent before the other side hung up are taken in, although nobody hears of it", async () => {
    const queue = heldQueue();
    const { auth, say, event, session, counted } = bench({ send: queue.send });
    await auth();
    void say(event());
    void say(event());
    const left = session.leave();
    queue.release();
    await left;
    expect(counted()).toEqual({ received: 2, accepted: 2 });
  });
});

describe("the limits of a connection", () => {
  it("end it for a binary frame, which counts as an event that was refused", async () => {
    const { auth, session, heard, closed, counted } = bench();
    await auth();
    await session.hear(new ArrayBuffer(3));
    expect(heard).toMatchObject([{ type: "error", problem: { status: 415 } }]);
    expect(closed).toEqual([{ code: 1003, reason: "unsupported-media-type" }]);
    expect(counted()).toEqual({ received: 1, "unsupported-media-type": 1 });
  });

  it("let a minute's frames through, say how long to wait, and end it for who does not", async () => {
    const { auth, say, event, heard, closed, counted, clock } = bench({ streamFramesPerMinute: 5 });
    clock.nowMs += 20_500;
    await auth();
    for (let sent = 0; sent < 4; sent++) await say(event());
    expect(heard.map(({ type }) => type)).toEqual(Array(4).fill("ack"));
    const over = event();
    for (let sent = 0; sent < 5; sent++) await say(over);
    expect(heard.slice(4)).toMatchObject(
      Array.from({ length: 5 }, () => ({ type: "error", id: idOf(over), problem: { status: 429, retry_after: 40 } })),
    );
    expect(closed).toEqual([]);
    await say(over);
    expect(closed).toEqual([{ code: 1008, reason: "rate-limited" }]);
    expect(counted()).toEqual({ received: 10, accepted: 4, limited: 6 });
  });

  it("begin anew with the minute", async () => {
    const { auth, say, event, heard, clock } = bench({ streamFramesPerMinute: 1 });
    await auth();
    clock.nowMs += 60_000;
    await say(event());
    expect(heard).toMatchObject([{ type: "ack" }]);
  });

  it("keep nothing of frames beyond the 1,000 that may wait, and end it for who goes on and on", async () => {
    const queue = heldQueue();
    const { auth, say, event, heard, closed, counted } = bench({ send: queue.send, streamFramesPerMinute: 1_000_000 });
    await auth();
    void say(event());
    await turn();
    for (let sent = 0; sent < 1_000; sent++) void say(event({ id: `evt_waits_${sent}` }));
    expect(heard).toEqual([]);
    const over = event();
    for (let sent = 0; sent < 2_000; sent++) void say(over);
    expect(heard.length).toBe(2_000);
    expect(heard[1_999]).toMatchObject({ type: "error", id: idOf(over), problem: { status: 429, retry_after: 1 } });
    expect(closed).toEqual([]);
    void say(over);
    expect(closed).toEqual([{ code: 1008, reason: "rate-limited" }]);
    queue.release();
    await turn();
    expect(counted()).toEqual({ received: 3_002, accepted: 1, limited: 3_001 });
  });

  it("forgive a crowd that has been worked off", async () => {
    const { auth, say, event, closed } = bench({ streamFramesPerMinute: 1_000_000 });
    await auth();
    const filler = event();
    for (let crowd = 0; crowd < 2; crowd++) await Promise.all(Array.from({ length: 2_500 }, () => say(filler)));
    expect(closed).toEqual([]);
  });

  it("hold what waits to 4 million characters, and a stranger's to less", async () => {
    const queue = heldQueue();
    const { auth, say, event, heard } = bench({ send: queue.send });
    await auth();
    void say(event());
    await turn();
    const wide = `${JSON.stringify(event())}${" ".repeat(90_000)}`;
    for (let sent = 0; sent < 50; sent++) void say(wide);
    expect(heard.length).toBe(50 - Math.floor(4_000_000 / wide.length));
    queue.release();

    const stranger = bench();
    const all = [stranger.auth(), ...Array.from({ length: 10 }, () => stranger.say(wide))];
    expect(stranger.heard.length).toBe(10 - Math.floor(250_000 / wide.length));
    await Promise.all(all);
  });

  it("call a frame too large that is larger than all that may wait, and keep nothing of it", async () => {
    const { auth, say, event, heard, closed } = bench();
    await auth();
    await say("x".repeat(5_000_000));
    await say(event());
    expect(heard).toMatchObject([{ type: "error", problem: { status: 413 } }, { type: "ack" }]);
    expect(closed).toEqual([]);
  });

  it("end it for who sends and never reads, before the answers fill the memory", async () => {
    const { auth, say, event, closed, peer, counted } = bench();
    await auth();
    peer.unreadBytes = 10_000_001;
    await say(event());
    expect(closed).toEqual([{ code: 1008, reason: "rate-limited" }]);
    expect(counted()).toEqual({ received: 1, limited: 1 });
  });
});

describe("the time of a connection", () => {
  it("is over after 10 s without a key, and that counts as a refused one", async () => {
    let refused = 0;
    const allowance = { ...edge().services.allowance, refuse: async () => void refused++ };
    const { session, heard, closed, clock } = bench({ allowance });
    clock.nowMs += 9_999;
    expect(await session.look(0)).toBe(NOW_MS + 10_000);
    clock.nowMs += 1;
    expect(await session.look(clock.nowMs)).toBeNull(); // a ping shows no key
    expect(heard).toMatchObject([{ type: "error", problem: { status: 401 } }]);
    expect([closed, refused]).toEqual([[{ code: 1008, reason: "unauthenticated" }], 1]);
  });

  it("is over when no frame came for the idle time, and not before, although it is put off only now and then", async () => {
    const { auth, say, event, session, closed, kept, clock } = bench();
    await auth();
    const before = kept.length;
    for (let frame = 0; frame < 500; frame++) {
      clock.nowMs += 1_000;
      await say(event());
    }
    expect(kept.length - before).toBeLessThan(10);
    const lastMs = clock.nowMs;
    expect(kept.at(-1)?.closeAtMs).toBeGreaterThanOrEqual(lastMs + 600_000); // should it sleep now
    clock.nowMs = lastMs + 600_000 - 1;
    const dueMs = await session.look(0);
    expect(dueMs).toBeGreaterThanOrEqual(lastMs + 600_000);
    clock.nowMs = lastMs + 660_000;
    expect(await session.look(0)).toBeNull();
    expect(closed).toEqual([{ code: 1001, reason: "idle" }]);
  });

  it("is as short as it is set, be that shorter than the time to show a key", async () => {
    const { auth, session, clock } = bench({ streamIdleMs: 1_000 });
    await auth();
    clock.nowMs += 1_100;
    expect(await session.look(0)).toBeNull();
  });

  it("is put off by pings that the object never heard of", async () => {
    const { auth, session, closed, clock } = bench();
    await auth();
    clock.nowMs += 700_000;
    expect(await session.look(NOW_MS + 400_000)).toBe(NOW_MS + 1_000_000);
    expect(closed).toEqual([]);
  });

  it("goes on after a sleep: key, rate and end are in the state that was kept", async () => {
    const { auth, say, event, kept, services, clock } = bench({ streamFramesPerMinute: 10 });
    await auth();
    for (let sent = 0; sent < 9; sent++) await say(event());
    const state = kept.at(-1);
    if (state === undefined) throw new Error("nothing was kept");
    expect(JSON.stringify(state)).not.toContain(KEYS.secret);
    const heard: string[] = [];
    const socket = { send: (frame: string) => void heard.push(frame), close() {}, keep() {}, unreadBytes: () => 0 };
    const awake = new Session(structuredClone(state), socket, services);
    await awake.hear(JSON.stringify(event()));
    clock.nowMs += 60_000;
    await awake.hear(JSON.stringify(event()));
    expect(heard.map((frame) => (JSON.parse(frame) as { type: string }).type)).toEqual(["error", "ack"]);
    expect(await awake.look(0)).toBeGreaterThanOrEqual(clock.nowMs + 600_000);
  });
});
