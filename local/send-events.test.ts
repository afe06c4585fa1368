import { beforeEach, describe, expect, it } from "vitest";
import type { Event } from "../shared/event.ts";
import { sendEvents } from "./send-events.ts";

type Reply = { status: number; body?: unknown; headers?: Record<string, string> } | Error;

const events = (...ids: string[]): Event[] => ids.map((id) => ({ id, name: "page_view" }));
const taken = (id: string, status = "accepted") => ({
  index: 0,
  id,
  status,
  assessment: { score: 0.9, anomaly: id === "odd" },
}); // with more than is read
const batch = (...results: object[]): Reply => ({ status: 200, body: { results } });

let asked: { path: string; body: unknown }[];
let sleptMs: number[];
beforeEach(() => {
  asked = [];
  sleptMs = [];
});

/** Sends with an edge that gives these replies one after the other, the last for ever. */
function send(list: Event[], ...replies: Reply[]) {
  return sendEvents(list, {
    edge: new URL("http://edge.test"),
    key: "sk_1",
    signal: new AbortController().signal,
    async fetch(url, init) {
      const reply = replies[Math.min(asked.length, replies.length - 1)];
      asked.push({ path: url.pathname, body: JSON.parse(init.body) });
      if (reply === undefined || reply instanceof Error) throw reply ?? new Error("no reply");
      return Response.json(reply.body ?? {}, { status: reply.status, headers: reply.headers ?? {} });
    },
    sleep: async (ms) => void sleptMs.push(ms),
  });
}

describe("sendEvents", () => {
  it("sends one event by itself, and tells what the edge made of it", async () => {
    expect(await send(events("odd"), { status: 202, body: taken("odd") })).toEqual([
      { id: "odd", status: "accepted", anomaly: true },
    ]);
    expect(asked).toEqual([{ path: "/v1/events", body: { id: "odd", name: "page_view" } }]);
  });

  it("sends several as one batch, where a refused one costs only itself", async () => {
    const answer = batch(taken("a"), taken("b", "duplicate"), { index: 2, id: "c", status: "rejected", errors: [] });
    expect((await send(events("a", "b", "c"), answer)).map(({ id, status }) => `${id} ${status}`)).toEqual([
      "a accepted",
      "b duplicate",
      "c rejected",
    ]);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.path).toBe("/v1/events/batch");
  });

  it("sends again only what was not put on the queue, so that nothing is lost", async () => {
    const answer = batch(taken("a"), { index: 1, id: "b", status: "retry" });
    const sent = await send(events("a", "b"), answer, { status: 202, body: taken("b") });
    expect(sent.map(({ id }) => id)).toEqual(["a", "b"]);
    expect(asked[1]?.body).toMatchObject({ id: "b" });
  });

  it.each([
    { because: "it says so with 503", reply: { status: 503, headers: { "retry-after": "3" } }, waits: 3_000 },
    { because: "it says so with 429", reply: { status: 429, headers: { "retry-after": "1" } }, waits: 1_000 },
    {
      because: "it would have it wait too long",
      reply: { status: 429, headers: { "retry-after": "900" } },
      waits: 8_000,
    },
    { because: "it says nothing", reply: { status: 500 }, waits: 250 },
    { because: "it cannot be reached", reply: new TypeError("fetch failed"), waits: 250 },
  ])("waits $waits ms for the edge when $because, and sends the same ids again", async ({ reply, waits }) => {
    await send(events("a"), reply, { status: 202, body: taken("a", "duplicate") });
    expect(sleptMs).toEqual([waits]);
    expect(asked[1]).toEqual(asked[0]);
  });

  it("waits longer each time, and gives up after 8 attempts with the reason", async () => {
    await expect(send(events("a"), { status: 500 })).rejects.toThrow("after 8 attempts: the edge answers 500");
    expect(sleptMs).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 8_000]);
  });

  it("does not try again with a key that is refused", async () => {
    await expect(send(events("a"), { status: 401 })).rejects.toThrow("the edge answers 401");
    expect(asked).toHaveLength(1);
  });
});
