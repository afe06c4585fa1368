import { describe, expect, it } from "vitest";
import type { Sighting } from "./sighting.ts";
import { watchWire, type Wire } from "./wire.ts";

const EDGE = "http://127.0.0.1:8787";
const BATCH = `${EDGE}/v1/events/batch`;

const event = (id: string) => ({ id, name: "page_view", timestamp: "2026-11-21T10:00:00.000Z" });
const body = (...ids: string[]) => JSON.stringify({ events: ids.map(event), key: "pk_1" });

/** A page whose requests are answered so. */
function pageAnswering(respond: () => Promise<Response>) {
  const seen: [id: string, state: string, detail: string][] = [];
  const asked: unknown[][] = [];
  const page: Wire = {
    fetch: (...args) => {
      asked.push(args);
      return respond();
    },
    navigator: { sendBeacon: (...args) => asked.push(args) > 0 },
  };
  const take = (sightings: Sighting[]) => {
    for (const { id, state, detail } of sightings) seen.push([id, state, detail]);
  };
  watchWire(page, EDGE, take);
  return { page, seen, asked };
}

const json = (status: number, value: unknown) => async () => Response.json(value, { status });

async function untilSeen(seen: unknown[], count: number): Promise<void> {
  while (seen.length < count) await new Promise((resolve) => setTimeout(resolve, 0));
}

describe("watchWire", () => {
  it("shows each event as it is sent and as it is answered, and hands the answer on unread", async () => {
    const results = [
      { status: "accepted" },
      { status: "duplicate" },
      { status: "rejected", errors: [{ pointer: "/name", detail: "is odd" }] },
      { status: "retry" },
    ];
    const { page, seen, asked } = pageAnswering(json(200, { results }));
    const init = { method: "POST", body: body("a", "b", "c", "d"), keepalive: true };
    const response = await page.fetch(BATCH, init);
    expect(asked).toEqual([[BATCH, init]]);
    expect(await response.json()).toEqual({ results });
    await untilSeen(seen, 8);
    expect(seen.slice(0, 4).map(([, state]) => state)).toEqual(Array(4).fill("sent"));
    expect(seen.slice(4)).toEqual([
      ["a", "accepted", ""],
      ["b", "duplicate", ""],
      ["c", "rejected", "/name is odd"],
      ["d", "failed", "to be sent again"],
    ]);
  });

  it.each([
    { status: 403, state: "rejected" },
    { status: 422, state: "rejected" },
    { status: 429, state: "failed" },
    { status: 503, state: "failed" },
  ])("shows what a $status means for the event: $state", async ({ status, state }) => {
    const { page, seen } = pageAnswering(json(status, {}));
    await page.fetch(BATCH, { body: body("a") });
    await untilSeen(seen, 2);
    expect(seen[1]).toEqual(["a", state, `answer ${status}`]);
  });

  it("shows that no answer came, and leaves the error to whoever asked", async () => {
    const { page, seen } = pageAnswering(() => Promise.reject(new TypeError("offline")));
    await expect(page.fetch(BATCH, { body: body("a") })).rejects.toThrow("offline");
    expect(seen[1]).toEqual(["a", "failed", "no answer; sent again later"]);
  });

  it("shows what a beacon carries away, of which nobody learns more", () => {
    const { page, seen } = pageAnswering(json(200, {}));
    expect(page.navigator.sendBeacon(BATCH, body("a"))).toBe(true);
    expect(seen).toEqual([["a", "left", "handed to the browser"]]);
  });

  it("looks at nothing that goes elsewhere, and at nothing it cannot read", async () => {
    const { page, seen, asked } = pageAnswering(json(200, {}));
    await page.fetch("/panel");
    await page.fetch("https://another.example/v1/events", { body: body("a") });
    await page.fetch(BATCH, { body: "not json" });
    page.navigator.sendBeacon("/elsewhere", body("a"));
    expect(asked).toHaveLength(4);
    expect(seen).toEqual([]);
  });
});
