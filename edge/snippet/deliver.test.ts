import { describe, expect, it } from "vitest";
import { createDelivery } from "./deliver.ts";
import { createLedger } from "./ledger.ts";
import { BACKOFF_MS, CHUNK_BYTES, CHUNK_EVENTS, HOUR_MS } from "./limits.ts";
import { createQueue } from "./queue.ts";
import { fakeHost, fakeStorage, fakeVoice, settled, storeOn } from "./test-host.ts";
import type { Answer } from "./transport.ts";

const BATCH_MS = 5_000;
const RETRY_MS = 1_000;

interface Sent {
  ids: string[];
  sentAt: string;
  bytes: number;
  keepalive: boolean;
}

/** A page with its delivery. `answer` says what becomes of a request; by default the edge accepts each event. */
function page({
  answer = accept,
  beacon = () => true,
  storage = fakeStorage(),
  host = fakeHost(),
}: {
  answer?: (sent: Sent, count: number) => Partial<Answer> | Promise<Partial<Answer>>;
  beacon?: (sent: Sent) => boolean;
  storage?: Storage | null;
  host?: ReturnType<typeof fakeHost>;
} = {}) {
  const posts: Sent[] = [];
  const beacons: Sent[] = [];
  const voice = fakeVoice();
  const store = storeOn(storage);
  const queue = createQueue(store);
  const delivery = createDelivery(
    {
      ledger: createLedger(queue),
      store,
      voice,
      host,
      takeTurn: async (_name, run) => run(),
      transport: {
        async post(body, keepalive) {
          const sent = read(body, keepalive);
          posts.push(sent);
          return { status: 0, afterMs: 0, ...(await answer(sent, posts.length)) };
        },
        beacon(body) {
          const sent = read(body, true);
          beacons.push(sent);
          return beacon(sent);
        },
      },
    },
    { key: "pk_1", batch_ms: BATCH_MS, batch_events: 20, retry_ms: RETRY_MS },
  );
  let made = 0;
  const add = (given?: string, { isUrgent = false, size = 0 } = {}) => {
    const id = given || `e${String(made).padStart(3, "0")}`;
    const text = JSON.stringify({ id, filler: "x".repeat(size) });
    delivery.added(queue.add(id, host.Date.now() + made++, text), isUrgent);
    return id;
  };
  return { add, delivery, host, posts, beacons, queue, store, voice, sent: () => posts.map(({ ids }) => ids) };
}

function read(body: string, keepalive: boolean): Sent {
  const { key, sent_at, events } = JSON.parse(body) as { key: string; sent_at: string; events: { id: string }[] };
  expect(key).toBe("pk_1");
  return { ids: events.map(({ id }) => id), sentAt: sent_at, bytes: body.length, keepalive };
}

function accept({ ids }: Sent): Partial<Answer> {
  return { status: 200, results: ids.map(() => ({ status: "accepted" })) };
}

describe("a batch", () => {
  it("waits for company, then goes as one request that outlives the page", async () => {
    const { add, host, sent, posts, queue } = page();
    const ids = [add(), add()];
    await host.pass(BATCH_MS - 1);
    expect(sent()).toEqual([]);
    await host.pass(1);
    expect(sent()).toEqual([ids]);
    expect(posts[0]?.keepalive).toBe(true);
    expect(queue.list()).toEqual([]);
    await host.pass(10 * BATCH_MS);
    expect(sent()).toHaveLength(1);
  });

  it("goes at once with an urgent event, or with the twentieth", async () => {
    const urgent = page();
    urgent.add();
    urgent.add("buy", { isUrgent: true });
    await urgent.host.pass(0);
    expect(urgent.sent()).toEqual([["e000", "buy"]]);
    const many = page();
    for (let i = 0; i < 20; i++) many.add();
    await many.host.pass(0);
    expect(many.sent()[0]).toHaveLength(20);
  });

  it("takes no more events and no more bytes than a request may have", async () => {
    const { add, host, posts } = page();
    for (let i = 0; i < 250; i++) add();
    for (let i = 0; i < 5; i++) add(undefined, { size: 30_000 });
    await host.pass(0);
    expect(posts.flatMap(({ ids }) => ids)).toHaveLength(255);
    for (const { ids, bytes } of posts) {
      expect(ids.length).toBeLessThanOrEqual(CHUNK_EVENTS);
      expect(bytes).toBeLessThanOrEqual(CHUNK_BYTES);
    }
  });

  it("says when it was sent, and never before an event in it, though the clock was set back", async () => {
    const { add, host, posts } = page();
    const atMs = host.Date.now();
    add();
    host.setClock(atMs - HOUR_MS);
    await host.pass(2 * HOUR_MS);
    expect(Date.parse(posts[0]?.sentAt || "")).toBe(atMs);
  });

  it("holds what came while another was under way, and sends it after that", async () => {
    let release = (_answer: Partial<Answer>) => {};
    const under = new Promise<Partial<Answer>>((resolve) => (release = resolve));
    const { add, host, sent } = page({ answer: (got, count) => (count === 1 ? under : accept(got)) });
    add("a", { isUrgent: true });
    await host.pass(0);
    add("b", { isUrgent: true });
    await host.pass(0);
    expect(sent()).toEqual([["a"]]);
    release(accept({ ids: ["a"], sentAt: "", bytes: 0, keepalive: true }));
    await settled();
    expect(sent()).toEqual([["a"], ["b"]]);
    add("c");
    await host.pass(BATCH_MS);
    expect(sent()).toEqual([["a"], ["b"], ["c"]]);
  });
});

describe("an answer", () => {
  it("settles each event for itself: accepted, duplicate and rejected are done, retry is kept", async () => {
    const statuses = ["accepted", "duplicate", "rejected", "retry"];
    const { add, host, sent, voice } = page({
      answer: (got, count) =>
        count === 1 ? { status: 200, results: statuses.map((status) => ({ status, errors: [] })) } : accept(got),
    });
    for (const id of statuses) add(id);
    await host.pass(BATCH_MS);
    await host.pass(RETRY_MS);
    expect(sent()).toEqual([statuses, ["retry"]]);
    expect(voice.failed[0]).toContain("rejected");
  });

  it("that names fewer events than were sent leaves the others to be sent again", async () => {
    const { add, host, sent } = page({
      answer: (got, count) => (count === 1 ? { status: 200, results: [{ status: "accepted" }] } : accept(got)),
    });
    add("a");
    add("b");
    await host.pass(BATCH_MS + RETRY_MS);
    expect(sent()).toEqual([["a", "b"], ["b"]]);
  });

  it.each([400, 413, 422])(
    "of %i to a whole request finds the event that spoils it, and loses no other",
    async (status) => {
      const accepted: string[] = [];
      const { add, host, queue, voice } = page({
        answer: (got) => {
          if (got.ids.includes("bad")) return { status };
          accepted.push(...got.ids);
          return accept(got);
        },
      });
      for (const id of ["a", "b", "bad", "c", "d"]) add(id);
      await host.pass(BATCH_MS);
      expect([accepted, queue.list(), voice.failed]).toEqual([["a", "b", "c", "d"], [], [`refused: ${status}`]]);
    },
  );

  it.each([401, 403, 404, 405])(
    "of %i stops this page, says so, and keeps the events for a better one",
    async (status) => {
      const { add, host, sent, queue, delivery, beacons, voice } = page({ answer: () => ({ status }) });
      add("a");
      await host.pass(BATCH_MS);
      add("b");
      await host.pass(HOUR_MS);
      delivery.hide();
      await delivery.flush();
      expect(sent()).toEqual([["a"]]);
      expect([beacons, queue.list().length, delivery.isStopped()]).toEqual([[], 2, true]);
      expect(voice.failed).toEqual([`stopped: ${status}`]);
    },
  );

  it.each([0, 408, 429, 500, 503])("of %i is tried again, with pauses that double up to a limit", async (status) => {
    const { add, host, posts } = page({ answer: () => ({ status }) });
    const times: number[] = [];
    add();
    for (let i = 0; i < 12; i++) {
      const before = posts.length;
      while (posts.length === before) await host.pass(Math.min(...host.waiting()));
      times.push(host.Date.now());
    }
    const pauses = times.slice(1).map((atMs, index) => atMs - (times[index] || 0));
    expect(pauses.slice(0, 4)).toEqual([1, 2, 4, 8].map((factor) => factor * RETRY_MS));
    expect(Math.max(...pauses)).toBe(BACKOFF_MS);
  });

  it("that failed is asked for without outliving the page the next time, which browsers limit", async () => {
    const { add, host, posts } = page({ answer: (got, count) => (count < 3 ? { status: 0 } : accept(got)) });
    add();
    await host.pass(BATCH_MS + 10 * RETRY_MS);
    expect(posts.map(({ keepalive }) => keepalive)).toEqual([true, false, true]);
  });

  it("with Retry-After is obeyed by all tabs and later pages, beacons too", async () => {
    const storage = fakeStorage();
    const first = page({ storage, answer: () => ({ status: 429, afterMs: 60_000 }) });
    first.add("a");
    await first.host.pass(BATCH_MS);
    const second = page({ storage });
    await second.host.pass(BATCH_MS);
    second.add("b", { isUrgent: true });
    await second.host.pass(59_999);
    second.delivery.hide();
    expect([second.sent(), second.beacons]).toEqual([[], []]);
    await second.host.pass(1);
    expect(second.sent()).toEqual([["a", "b"]]);
  });

  it("with Retry-After does not bind after the clock was set back", async () => {
    const { add, host, sent, store } = page();
    store.save("wait", String(host.Date.now() + 2 * HOUR_MS));
    add();
    await host.pass(BATCH_MS);
    expect(sent()).toHaveLength(1);
  });

  it("that comes when the network is back or the page is seen ends the pause", async () => {
    const { add, host, sent, delivery } = page({ answer: (got, count) => (count < 8 ? { status: 0 } : accept(got)) });
    add("a");
    await host.pass(BATCH_MS + 100 * RETRY_MS);
    expect(sent()).toHaveLength(7);
    await delivery.show();
    expect(sent()).toHaveLength(8);
    add("b");
    await host.pass(BATCH_MS);
    expect(sent()[8]).toEqual(["b"]);
  });
});

describe("a page that may be going", () => {
  it("hands over what it has not, once, and keeps it for the next page to confirm", async () => {
    const storage = fakeStorage();
    const leaving = page({ storage });
    leaving.add("a");
    leaving.delivery.hide();
    leaving.delivery.hide();
    expect(leaving.beacons.map(({ ids }) => ids)).toEqual([["a"]]);
    const next = page({ storage, host: leaving.host });
    await next.delivery.flush();
    expect(next.sent()).toEqual([["a"]]);
    expect(next.queue.list()).toEqual([]);
  });

  it("sends by itself, in a request that outlives it, what the browser did not take as a beacon", async () => {
    const { add, delivery, posts, queue } = page({ beacon: () => false });
    add("a");
    delivery.hide();
    await settled();
    expect(posts).toMatchObject([{ ids: ["a"], keepalive: true }]);
    expect(queue.list()).toEqual([]);
  });

  it("hands over in chunks, as a beacon is limited too", () => {
    const { add, delivery, beacons } = page();
    for (let i = 0; i < 3; i++) add(undefined, { size: 30_000 });
    delivery.hide();
    expect(beacons.map(({ ids }) => ids.length)).toEqual([1, 1, 1]);
  });

  it("confirms when it is seen again what it had handed over", async () => {
    const { add, delivery, host, sent } = page();
    add("a");
    delivery.hide();
    await host.pass(HOUR_MS);
    expect(sent()).toEqual([]);
    await delivery.show();
    expect(sent()).toEqual([["a"]]);
  });

  it("hands over in spite of Retry-After what would be gone with it", async () => {
    const { add, delivery, host, beacons } = page({ storage: null, answer: () => ({ status: 429, afterMs: 60_000 }) });
    add("a");
    await host.pass(BATCH_MS);
    delivery.hide();
    expect(beacons.map(({ ids }) => ids)).toEqual([["a"]]);
  });
});

describe("a turn that fails", () => {
  it("is taken again later, and nothing is lost", async () => {
    const host = fakeHost();
    const queue = createQueue(storeOn());
    const posts: string[] = [];
    let refused = 1;
    const delivery = createDelivery(
      {
        ledger: createLedger(queue),
        store: storeOn(),
        voice: fakeVoice(),
        host,
        takeTurn: async (_name, run) => {
          if (refused-- > 0) throw new Error("SecurityError");
          await run();
        },
        transport: {
          post: async (body) => {
            posts.push(body);
            return { status: 200, results: [{ status: "accepted" }], afterMs: 0 };
          },
          beacon: () => false,
        },
      },
      { key: "pk_1", batch_ms: BATCH_MS, batch_events: 20, retry_ms: RETRY_MS },
    );
    delivery.added(queue.add("a", host.Date.now(), "{}"), false);
    await host.pass(BATCH_MS + RETRY_MS);
    expect(posts).toHaveLength(1);
  });
});
