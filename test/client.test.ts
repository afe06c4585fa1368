import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createClient, type ClientOptions, type TrackedEvent } from "../edge/client/client.ts";
import { eventually, startSystem, type System } from "./system.ts";

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());

/** A client of the running edge; what it reports and sends is kept. */
function connect(options: Partial<ClientOptions> = {}) {
  const told: string[] = [];
  const sent: { path: string; encoding: string | null; bytes: number }[] = [];
  const { fetch: send = fetch } = options.runtime ?? {};
  const client = createClient({
    endpoint: system.workers.edge,
    key: system.key("ingest"),
    // This machine may be busy.
    assessDeadlineMs: 10_000,
    onRejected: (id) => void told.push(`${id} rejected`),
    onDrop: ({ id }, reason) => void told.push(`${id} dropped ${reason}`),
    onError: ({ message }) => void told.push(message),
    ...options,
    runtime: {
      fetch(url, init) {
        const { headers, body } = init;
        const encoding = new Headers(headers).get("content-encoding");
        sent.push({ path: url.pathname, encoding, bytes: (body as Uint8Array).byteLength }); // as the client sends it
        return send(url, init);
      },
    },
  });
  return { client, told, sent };
}

/** Brings requests to the edge, but of the first one the answer never comes back. */
function losingTheFirstAnswer(): typeof fetch {
  let isLost = false;
  return async (url, init) => {
    const answer = await fetch(url, init);
    if (isLost) return answer;
    isLost = true;
    await answer.body?.cancel();
    throw new TypeError("the connection broke");
  };
}

function purchase(id: string, over: Partial<TrackedEvent> = {}): TrackedEvent {
  return {
    id,
    name: "purchase",
    user_id: `user-${id}`,
    transaction_id: `T-${id}`,
    value: 39.8,
    currency: "EUR",
    items: [{ item_id: "mug", item_name: "Mug", price: 19.9, quantity: 2 }],
    ...over,
  };
}

const ids = (prefix: string, count: number) =>
  Array.from({ length: count }, (_each, index) => `${prefix}-${1_000 + index}`);

/** Rows of events by id, as soon as there are that many. */
const rows = (prefix: string, count: number) =>
  eventually(`${count} rows of ${prefix}`, async () => {
    const found = await system.postgres.query<{ id: string }>("SELECT id FROM events WHERE id LIKE $1", [
      `${prefix}-%`,
    ]);
    return found.length >= count ? found.map(({ id }) => id).toSorted() : null;
  });

describe.concurrent("the client, against the running product", () => {
  it("brings a thousand events into Postgres, each once, in few and packed requests", async () => {
    const { client, told, sent } = connect();
    for (const id of ids("many", 1_000)) client.track(purchase(id));
    expect(await client.close(30_000)).toBe(true);
    expect(client.status()).toMatchObject({ tracked: 1_000, accepted: 1_000, dropped: 0 });
    expect(told).toEqual([]);
    expect(sent).toHaveLength(10);
    for (const { path, encoding, bytes } of sent) {
      expect({ path, encoding }).toEqual({ path: "/v1/events/batch", encoding: "gzip" });
      expect(bytes).toBeLessThan(10_000);
    }
    expect(await rows("many", 1_000)).toEqual(ids("many", 1_000));
  });

  it("counts events once whose answer was lost on its way, so that a retry is always safe", async () => {
    const { client, told } = connect({ runtime: { fetch: losingTheFirstAnswer() } });
    for (const id of ids("lost", 5)) client.track(purchase(id));
    expect(await client.close(30_000)).toBe(true);
    expect(client.status()).toMatchObject({ tracked: 5, duplicate: 5 });
    expect(told).toEqual(["the edge cannot be reached; trying again"]);
    expect(await rows("lost", 5)).toEqual(ids("lost", 5));
  });

  it("is given an assessment, the same for a try that is repeated, and what is wrong with an event", async () => {
    const { client, sent } = connect({ runtime: { fetch: losingTheFirstAnswer() } });
    const assessed = await client.assess(purchase("asked-1000"));
    // `accepted`, although the edge took it in at the first try: that is what the Idempotency-Key is for.
    expect(assessed).toMatchObject({
      status: "accepted",
      id: "asked-1000",
      assessment: { anomaly: false, degraded: [] },
    });
    expect(sent.map(({ path }) => path)).toEqual(["/v1/events", "/v1/events"]);
    const again = await client.assess(purchase("asked-1000", { value: 1 }));
    expect(again).toMatchObject({ status: "duplicate" });
    expect(await client.assess(purchase("asked-1001", { value: -1 }))).toEqual({
      status: "rejected",
      id: "asked-1001",
      errors: [{ pointer: "/value", detail: "must be at least 0" }],
    });
    expect(client.status()).toMatchObject({ tracked: 3, accepted: 1, duplicate: 1, rejected: 1 });
    expect(await rows("asked", 1)).toEqual(["asked-1000"]);
  });

  it("sells on when the edge takes too long, and loses nothing: the event follows by batch, and counts once", async () => {
    const { client } = connect({ assessDeadlineMs: 1 });
    const slow = ids("slow", 20);
    const assessed = await Promise.all(slow.map((id) => client.assess(purchase(id))));
    expect(assessed.map(({ status }) => status)).toEqual(slow.map(() => "unavailable"));
    expect(await client.close(30_000)).toBe(true);
    const { tracked, accepted, duplicate } = client.status();
    expect({ tracked, taken: accepted + duplicate }).toEqual({ tracked: 20, taken: 20 });
    expect(await rows("slow", 20)).toEqual(slow);
  });

  it("rejects one event of a batch without spoiling the others, and stops at a key that is refused", async () => {
    const mixed = connect();
    for (const id of ids("mixed", 3)) mixed.client.track(purchase(id, id === "mixed-1001" ? { currency: "XXX" } : {}));
    expect(await mixed.client.close(30_000)).toBe(true);
    expect(mixed.told).toEqual(["mixed-1001 rejected"]);
    expect(await rows("mixed", 2)).toEqual(["mixed-1000", "mixed-1002"]);

    const refused = connect({ key: `sk_${"0".repeat(16)}_${"0".repeat(32)}` });
    refused.client.track(purchase("refused-1"));
    await refused.client.flush();
    expect(refused.told).toEqual([
      "the edge refuses the key (401); nothing is sent any more",
      "refused-1 dropped stopped",
    ]);
  });
});
