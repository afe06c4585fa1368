import { beforeEach, describe, expect, it } from "vitest";
import { sha256Hex } from "../../shared/digest.ts";
import { formatKey, type ApiKeyRecord, type Role } from "../../shared/keys.ts";
import { Audience } from "./audience.ts";
import { KeptMessages } from "./kept-messages.ts";
import { newListener, type Socket } from "./listener.ts";
import { openSqlite } from "./test-sqlite.ts";

const ANALYST = formatKey("secret", "analyst".padEnd(16, "0"), "S".repeat(32));
const INGEST = formatKey("secret", "ingest".padEnd(16, "0"), "S".repeat(32));
const PUBLISHABLE = formatKey("publishable", "publishable".padEnd(16, "0"), "S".repeat(32));
const UNKNOWN = formatKey("secret", "unknown".padEnd(16, "0"), "S".repeat(32));

interface TestSocket extends Socket {
  heard: { type: string; seq?: number; id?: string; replayed?: number }[];
  closed: string | null;
  unread: number;
}

let nowMs: number;
let keys: Map<string, ApiKeyRecord>;
let isStoreAway: boolean;
let sockets: TestSocket[];
let audience: Audience;

beforeEach(async () => {
  nowMs = 1_000_000;
  isStoreAway = false;
  sockets = [];
  keys = new Map();
  for (const [text, kind, role] of [
    [ANALYST, "secret", "analyst"],
    [INGEST, "secret", "ingest"],
    [PUBLISHABLE, "publishable", null],
  ] as const) {
    await addKey(text, kind, role);
  }
  audience = newAudience(new KeptMessages(openSqlite()));
});

async function addKey(text: string, kind: ApiKeyRecord["kind"], role: Role | null): Promise<void> {
  const id = text.slice(3, 19);
  keys.set(id, { id, kind, role, origins: [], digest: await sha256Hex(text), expires_at: null });
}

function newAudience(kept: KeptMessages): Audience {
  return new Audience({
    kept,
    sockets: () => sockets.filter(({ closed }) => closed === null),
    findKey: async (id) => {
      if (isStoreAway) throw new Error("the store is away");
      return keys.get(id) ?? null;
    },
    nowMs: () => nowMs,
    log: () => undefined,
  });
}

function connect(): TestSocket {
  let listener = newListener(nowMs);
  audience.makeRoom();
  const socket: TestSocket = {
    get listener() {
      return listener;
    },
    keep: (changed) => void (listener = changed),
    send: (frame) => void socket.heard.push(JSON.parse(frame) as TestSocket["heard"][number]),
    close: (code, reason) => void (socket.closed = `${code} ${reason}`),
    unreadBytes: () => socket.unread,
    heard: [],
    closed: null,
    unread: 0,
  };
  sockets.push(socket);
  return socket;
}

const show = (socket: TestSocket, key: string, after: number | null = null) =>
  audience.hear(socket, JSON.stringify({ type: "auth", key, after }));

async function listening(after: number | null = null): Promise<TestSocket> {
  const socket = connect();
  await show(socket, ANALYST, after);
  return socket;
}

const about = (id: string) => JSON.stringify({ type: "changed", kind: "alert", id });
const tell = (...ids: string[]) => audience.tell(ids.map(about), false);

describe("Audience", () => {
  it("tells everybody the same, in the same order, and a stranger nothing", async () => {
    const [one, other, stranger] = [await listening(), await listening(), connect()];
    tell("a", "b");
    const told = [
      { type: "ready", seq: 0, replayed: 0 },
      { seq: 1, type: "changed", kind: "alert", id: "a" },
      { seq: 2, type: "changed", kind: "alert", id: "b" },
    ];
    expect(one.heard).toEqual(told);
    expect(other.heard).toEqual(told);
    expect(stranger.heard).toEqual([]);
  });

  it("tells who comes back all that was missed, and then goes on, nothing twice", async () => {
    const before = await listening();
    tell("a", "b");
    before.close(1006, "the train went into a tunnel");
    tell("c", "d");
    const back = await listening(2);
    tell("e");
    expect(back.heard[0]).toEqual({ type: "ready", seq: 4, replayed: 2 });
    expect(back.heard.slice(1).map(({ seq, id }) => `${seq} ${id}`)).toEqual(["3 c", "4 d", "5 e"]);
  });

  it("tells who comes back too late that there is a gap, and goes on from there", async () => {
    for (let told = 1; told <= 1_005; told++) tell(`id-${told}`);
    const back = await listening(3);
    tell("next");
    expect(back.heard).toMatchObject([
      { type: "ready", seq: 1_005, replayed: 0 },
      { type: "gap", seq: 1_005 },
      { seq: 1_006, id: "next" },
    ]);
  });

  it("tells of a gap when something could not be told, those who come back later too", async () => {
    const socket = await listening();
    audience.tell([about("a")], true);
    expect(socket.heard.slice(1)).toMatchObject([
      { type: "gap", seq: 1 },
      { seq: 2, id: "a" },
    ]);
    expect((await listening(0)).heard.slice(1)).toEqual(socket.heard.slice(1));
  });

  it.each([
    { because: "an unknown key", frame: { type: "auth", key: UNKNOWN }, closed: "4401 unauthenticated" },
    { because: "what is no key", frame: { type: "auth", key: "sk_" }, closed: "4401 unauthenticated" },
    { because: "a key that may only write", frame: { type: "auth", key: INGEST }, closed: "4403 forbidden" },
    { because: "a key of pages", frame: { type: "auth", key: PUBLISHABLE }, closed: "4403 forbidden" },
    { because: "anything before the key", frame: { type: "event" }, closed: "1008 unreadable" },
    { because: "a number that is none", frame: { type: "auth", key: ANALYST, after: -1 }, closed: "1008 unreadable" },
  ])("closes for $because with $closed", async ({ frame, closed }) => {
    const socket = connect();
    await audience.hear(socket, JSON.stringify(frame));
    expect([socket.closed, socket.heard]).toEqual([closed, []]);
  });

  it("takes one key a connection, so that nobody tries one after another", async () => {
    const socket = connect();
    await Promise.all([show(socket, ANALYST), show(socket, ANALYST)]);
    expect(socket.closed).toBe("1008 unreadable");
  });

  it("answers a ping that the platform did not", async () => {
    const socket = connect();
    await audience.hear(socket, '{ "type": "ping" }');
    expect([socket.heard, socket.closed]).toEqual([[{ type: "pong" }], null]);
  });

  it("asks to come again while no key can be looked up, as it may be a good one", async () => {
    isStoreAway = true;
    expect((await listening()).closed).toBe("1013 unavailable");
  });

  it("ends who has shown no key in time at the next check, and keeps the others", async () => {
    const [stranger, socket] = [connect(), await listening()];
    nowMs += 10_000;
    expect(await audience.check()).toBe(true);
    expect([stranger.closed, socket.closed]).toEqual(["4401 unauthenticated", null]);
  });

  it("ends with a key that was revoked, and says when nobody is left", async () => {
    const socket = await listening();
    keys.clear();
    expect(await audience.check()).toBe(false);
    expect(socket.closed).toBe("4401 unauthenticated");
  });

  it("goes on with keys that were good while they cannot be looked up", async () => {
    const socket = await listening();
    isStoreAway = true;
    expect(await audience.check()).toBe(true);
    expect(socket.closed).toBeNull();
  });

  it("tells nothing to a key that has expired since", async () => {
    const id = ANALYST.slice(3, 19);
    const record = keys.get(id);
    if (record !== undefined) keys.set(id, { ...record, expires_at: new Date(nowMs + 1_000).toISOString() });
    const socket = await listening();
    nowMs += 1_000;
    tell("a");
    expect([socket.closed, socket.heard.length]).toEqual(["4401 unauthenticated", 1]);
  });

  it("sends away who does not read, and they miss nothing when they come back", async () => {
    const [slow, quick] = [await listening(), await listening()];
    slow.unread = 5_000_000;
    tell("a");
    tell("b");
    expect([slow.closed, quick.closed]).toEqual(["1013 too-slow", null]);
    expect((await listening(1)).heard.at(-1)).toMatchObject({ seq: 2, id: "b" });
  });

  it("lets 100 listen and asks the next to come again", async () => {
    for (let each = 0; each < 100; each++) await listening();
    expect((await listening()).closed).toBe("1013 too-many");
  });

  it("lets strangers take no place for long: the oldest of 50 goes for a new one", () => {
    const oldest = connect();
    nowMs += 1;
    for (let each = 1; each < 50; each++) connect();
    expect(oldest.closed).toBeNull();
    connect();
    expect(oldest.closed).toBe("4401 unauthenticated");
    expect(sockets.filter(({ closed }) => closed !== null)).toHaveLength(1);
  });
});
