import { describe, expect, it } from "vitest";
import { withIds } from "./event-text.ts";
import { createGate, type Draft } from "./gate.ts";
import { createIdentity } from "./identity.ts";
import { newFields } from "./json.ts";
import { EVENT_BYTES, HELD_EVENTS } from "./limits.ts";
import { createQueue } from "./queue.ts";
import { countingIds, fakeHost, fakeStorage, fakeVoice, settled, storeOn } from "./test-host.ts";

const AT_MS = Date.UTC(2026, 10, 21, 9);

function open({
  storage = fakeStorage(),
  isOpen = true,
  takeTurn = async (_name: string, run: () => unknown) => void run(),
} = {}) {
  const host = fakeHost();
  const store = storeOn(storage);
  const queue = createQueue(store);
  const added: { name: string; isUrgent: boolean }[] = [];
  const voice = fakeVoice();
  const gate = createGate({
    store,
    queue,
    identifyEvent: createIdentity(store, countingIds(), 1_800_000),
    delivery: { added: (name, isUrgent) => void added.push({ name, isUrgent }), show: async () => {} },
    takeTurn,
    voice,
    host,
  });
  if (isOpen) gate.open();
  const events = () => queue.list().map(({ text }) => JSON.parse(text) as Record<string, unknown>);
  const names = () => events().map(({ name }) => name);
  return { gate, host, storage, added, voice, events, names };
}

/** As long as those that are made. */
const IDS = { id: "0".repeat(32), client_id: "0".repeat(32), session_id: "0".repeat(32) };

function draft(name: string, atMs = AT_MS, over: Partial<Draft> = {}): Draft {
  return { name, atMs, params: newFields(), campaign: "", text: JSON.stringify({ name }), ...over };
}

describe("createGate", () => {
  it("lets events through when there is consent, whole and with their times", async () => {
    const { gate, events, added } = open();
    gate.setConsent("granted");
    await settled();
    gate.take(draft("purchase", Date.UTC(2026, 10, 21, 10)));
    expect(events()).toEqual([
      {
        name: "purchase",
        timestamp: "2026-11-21T10:00:00.000Z",
        id: expect.any(String),
        client_id: expect.any(String),
        session_id: expect.any(String),
      },
    ]);
    expect(added).toEqual([{ name: expect.stringContaining("q."), isUrgent: true }]);
  });

  it("keeps nothing on the device before there is consent, and then everything with its true time", async () => {
    const { gate, storage, events } = open();
    gate.setConsent("pending");
    gate.take(draft("view_item", Date.UTC(2026, 10, 21, 10)));
    gate.take(draft("add_to_cart", Date.UTC(2026, 10, 21, 11)));
    await settled();
    expect([Object.keys(storage), gate.state().held, gate.state().ids]).toEqual([[], 2, null]);
    gate.setConsent("granted");
    await settled();
    expect(events().map(({ timestamp }) => timestamp)).toEqual([
      "2026-11-21T10:00:00.000Z",
      "2026-11-21T11:00:00.000Z",
    ]);
    expect(gate.state().held).toBe(0);
  });

  it("forgets all when consent is denied: what waits, what is stored, and who it was", async () => {
    const { gate, storage, names } = open();
    gate.setConsent("granted");
    await settled();
    gate.take(draft("view_item"));
    storage.setItem("cart", "shop's own");
    gate.setConsent("denied");
    gate.take(draft("add_to_cart"));
    await settled();
    expect([Object.keys(storage), gate.state().ids, gate.state().held]).toEqual([["cart"], null, 0]);
    gate.setConsent("granted");
    await settled();
    expect(names()).toEqual([]);
  });

  it("holds no more than it can, and gives up the oldest", async () => {
    const { gate, names } = open();
    for (let i = 0; i < HELD_EVENTS + 3; i++) gate.take(draft(`e_${String(i).padStart(3, "0")}`, AT_MS + i));
    gate.setConsent("granted");
    await settled();
    expect([names().length, names()[0]]).toEqual([HELD_EVENTS, "e_003"]);
  });

  it("lets nothing out before it is opened, and dates what waited to that moment, as nobody saw it before", async () => {
    const { gate, host, events } = open({ isOpen: false });
    gate.setConsent("granted");
    gate.take(draft("view_item", AT_MS));
    gate.hurry();
    await settled();
    expect(events()).toEqual([]);
    gate.open();
    await settled();
    expect(events()).toMatchObject([{ timestamp: new Date(host.Date.now()).toISOString() }]);
  });

  it("waits for its turn at the ids, but not when the page is going", () => {
    const { gate, names } = open({ takeTurn: () => new Promise(() => {}) });
    gate.setConsent("granted");
    gate.take(draft("view_item"));
    expect(names()).toEqual([]);
    gate.hurry();
    expect(names()).toEqual(["view_item"]);
  });

  it("goes on where turns cannot be taken", async () => {
    const { gate, names } = open({ takeTurn: () => Promise.reject(new Error("SecurityError")) });
    gate.setConsent("granted");
    gate.take(draft("view_item"));
    await settled();
    expect(names()).toEqual(["view_item"]);
  });

  it.each([
    { name: "large", bytes: EVENT_BYTES, is: "kept", because: "it is just not too large" },
    { name: "huge", bytes: EVENT_BYTES + 1, is: "left out", because: "the edge would refuse it" },
  ])("has an event of $bytes bytes $is: $because", async ({ name, bytes, is }) => {
    const { gate, names, voice } = open();
    gate.setConsent("granted");
    await settled();
    const around = withIds(draft(name).text, { ...IDS, timestamp: new Date(AT_MS).toISOString() }).length;
    gate.take(draft(name, AT_MS, { text: JSON.stringify({ name, n: "x".repeat(bytes - around - ',"n":""'.length) }) }));
    expect([names(), voice.failed]).toEqual(is === "kept" ? [[name], []] : [[], [`large: ${name}`]]);
  });
});
