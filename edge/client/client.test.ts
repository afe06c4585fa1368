import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { ClientError } from "./client.ts";
import {
  assessment,
  clientOn,
  goodEdge,
  hanging,
  KEY,
  names,
  problem,
  scripted,
  START_MS,
  view,
} from "./test-client.ts";

const noCompany = { batchMs: 0 };

describe("track", () => {
  it("sends what was tracked within a second as one batch, so that a busy server makes few requests", async () => {
    const { client, asked, pass } = clientOn(goodEdge());
    client.track(view("evt-first"));
    await pass(999);
    client.track(view("evt-second"));
    expect(asked).toHaveLength(0);
    await pass(1);
    expect(asked.map(({ path, ids }) => [path, ids])).toEqual([["/v1/events/batch", ["evt-first", "evt-second"]]]);
    expect(client.status()).toMatchObject({ tracked: 2, accepted: 2, waiting: 0, underway: 0, state: "open" });
  });

  it("sends a full batch at once, and one at a time, so that events stay in their order", async () => {
    const { client, asked, pass } = clientOn(goodEdge());
    const ids = names(250);
    for (const id of ids) client.track(view(id));
    await pass(0);
    expect(asked.map(({ ids: each }) => each.length)).toEqual([100, 100]);
    await pass(1_000);
    expect(asked.flatMap(({ ids: each }) => each)).toEqual(ids);
  });

  it("waits for each answer before the next batch, or for as many as it was allowed", async () => {
    for (const requestsMost of [1, 3]) {
      const { client, asked, pass } = clientOn(hanging, { requestsMost });
      for (const id of names(500)) client.track(view(id));
      await pass(0);
      expect(asked).toHaveLength(requestsMost);
    }
  });

  it("keeps batches within the bytes that the edge takes, whatever the events weigh", async () => {
    const { client, asked, pass } = clientOn(goodEdge());
    const bare = JSON.stringify({
      ...view("evt-0000"),
      properties: { note: "" },
      timestamp: new Date(START_MS).toISOString(),
    });
    // Twenty of these and their commas are what a body may have, to the byte, without what stands around them.
    const note = "ü".repeat((24_998 - bare.length) / 2);
    for (const id of names(60)) client.track(view(id, { properties: { note: `${note}.` } }));
    await pass(1_000);
    expect(asked.map(({ ids }) => ids.length)).toEqual([19, 19, 19, 3]);
    expect(asked.map(({ atMs }) => atMs)).toEqual([0, 0, 0, 1_000]);
    for (const { bytes } of asked) expect(bytes.byteLength).toBeLessThanOrEqual(500_000);
    expect(client.status().accepted).toBe(60);
  });

  it("halves a batch that packs badly, so that it stays within what the edge takes on the wire", async () => {
    const { client, asked, pass } = clientOn(goodEdge(), { runtime: { gzip: async (bytes) => gzipSync(bytes) } });
    for (const id of names(40))
      client.track(view(id, { properties: { note: randomBytes(20_000).toString("base64") } }));
    await pass(1_000);
    expect(client.status().accepted).toBe(40);
    expect(asked.map(({ headers }) => headers.get("content-encoding"))).toEqual(asked.map(() => "gzip"));
    for (const { bytes } of asked) expect(bytes.byteLength).toBeLessThanOrEqual(500_000);
    expect(asked.flatMap(({ ids }) => ids)).toEqual(names(40));
  });

  it("makes an id and the time where they are missing, once, so that a retry is the same event", async () => {
    const { client, asked, pass } = clientOn(scripted(new Error("reset")), noCompany);
    expect(client.track({ name: "login" })).toBe("evt_made-0001");
    await pass(1_000);
    const [first, second] = asked.map(({ body }) => body);
    expect(first.events).toEqual([{ id: "evt_made-0001", name: "login", timestamp: "2026-11-21T10:00:00.000Z" }]);
    expect(second.events).toEqual(first.events);
    expect(first.sent_at).toBe(new Date(START_MS).toISOString());
    expect(second.sent_at).toBe(new Date(START_MS + 250).toISOString());
  });

  it("reads an event when it is tracked, so that it may change afterwards", async () => {
    const { client, asked, pass } = clientOn(goodEdge(), noCompany);
    const event = view("evt-mutable", { properties: { step: 1 } });
    client.track(event);
    event.properties = { step: 2 };
    await pass(0);
    expect(asked[0]?.body.events[0].properties).toEqual({ step: 1 });
  });

  it.each([
    {
      because: "it is larger than the edge takes",
      properties: { note: "x".repeat(33_000) },
      detail: "has more than 32000 bytes",
    },
    { because: "it is no JSON", properties: { count: 1n }, detail: "cannot be written as JSON" },
  ])("rejects an event by itself when $because, without a request", async ({ properties, detail }) => {
    const { client, asked, told, pass } = clientOn(goodEdge(), noCompany);
    expect(client.track(view("evt-odd", { properties }))).toBe("evt-odd");
    await pass(5_000);
    expect(told).toEqual([`evt-odd rejected ${detail}`]);
    expect(asked).toHaveLength(0);
    expect(client.status()).toMatchObject({ tracked: 1, rejected: 1 });
  });

  it("lets the oldest event that waits give way when there is no room, and hands it over in full", async () => {
    const dropped: unknown[] = [];
    const { client, pass } = clientOn(hanging, {
      queueEvents: 3,
      batchEvents: 1,
      onDrop: (event, reason) => void dropped.push([event, reason]),
    });
    for (const id of names(5)) client.track(view(id));
    await pass(0);
    const timestamp = "2026-11-21T10:00:00.000Z";
    expect(dropped).toEqual([
      [{ id: "evt-0001", name: "page_view", timestamp }, "full"],
      [{ id: "evt-0002", name: "page_view", timestamp }, "full"],
    ]);
    expect(client.status()).toMatchObject({ tracked: 5, dropped: 2, waiting: 2, underway: 1 });
  });

  it("counts bytes as well as events, so that large events cannot fill the memory", async () => {
    const { client, told, pass } = clientOn(hanging, { queueBytes: 25_000 });
    for (const id of names(4)) client.track(view(id, { properties: { note: "x".repeat(10_000) } }));
    await pass(0);
    expect(told).toEqual(["evt-0000 dropped full", "evt-0001 dropped full"]);
  });

  it("goes on when a callback throws, and says so", async () => {
    const errors: ClientError[] = [];
    const { client, pass } = clientOn(goodEdge(), {
      ...noCompany,
      onAssessed() {
        throw new RangeError("theirs");
      },
      onError(error) {
        errors.push(error);
        throw new Error("theirs too");
      },
    });
    client.track(view("evt-one"));
    await pass(0);
    expect(errors).toEqual([new ClientError("callback", "onAssessed threw")]);
    expect(errors[0]?.cause).toEqual(new RangeError("theirs"));
    expect(client.status().accepted).toBe(1);
  });
});

describe("a batch that is answered", () => {
  it("ends each event as its own result says, and sends again only what could not be taken", async () => {
    const ids = ["evt-taken", "evt-known", "evt-wrong", "evt-again", "evt-later"];
    const { client, asked, told, pass } = clientOn(
      scripted(() =>
        Response.json({
          results: [
            { index: 0, id: ids[0], status: "accepted", assessment: assessment(0.2) },
            { index: 1, id: ids[1], status: "duplicate" },
            { index: 2, id: null, status: "rejected", errors: [{ pointer: "/value", detail: "is negative" }] },
            { index: 3, id: ids[3], status: "retry" },
            { index: 4, id: ids[4], status: "unheard of" },
          ],
        }),
      ),
    );
    for (const id of ids) client.track(view(id));
    await pass(1_000);
    expect(told).toEqual([
      "evt-taken assessed 0.2",
      "evt-wrong rejected is negative",
      "failing: the edge could not take some events; trying again",
    ]);
    await pass(1_000);
    expect(asked[1]?.ids).toEqual(["evt-again", "evt-later"]);
    expect(asked).toHaveLength(2);
    expect(client.status()).toMatchObject({ tracked: 5, accepted: 3, duplicate: 1, rejected: 1 });
  });
});

describe("an event that the edge cannot take for long", () => {
  it("slows nothing down: where others got through, the next pause is as short as the first", async () => {
    const good = goodEdge();
    const { client, asked, pass } = clientOn(async (request) => {
      const answer = await good(request);
      const { results } = (await answer.json()) as { results: { id: string }[] };
      const stuck = (id: string) => (id === "evt-stuck" ? { id, status: "retry" } : {});
      return Response.json({ results: results.map((result) => ({ ...result, ...stuck(result.id) })) });
    }, noCompany);
    client.track(view("evt-stuck"));
    for (const id of names(20)) {
      client.track(view(id));
      await pass(15_000);
    }
    expect(client.status()).toMatchObject({ accepted: 20, waiting: 1 });
    const fresh = asked.filter(({ ids }) => ids.length > 1).map(({ atMs }) => atMs);
    expect(fresh).toHaveLength(20);
    const [last = 0] = fresh.slice(-1);
    const next = asked.find(({ atMs }) => atMs > last);
    expect((next?.atMs ?? 0) - last).toBe(250);
  });
});

describe("a batch that comes to nothing", () => {
  it.each([
    { because: "the edge is away", reply: () => problem(503), waitMs: 250, says: "answered 503" },
    { because: "the edge breaks", reply: () => problem(500), waitMs: 250, says: "answered 500" },
    {
      because: "the connection breaks",
      reply: () => new TypeError("fetch failed"),
      waitMs: 250,
      says: "cannot be reached",
    },
    { because: "the path is unknown", reply: () => problem(404), waitMs: 250, says: "answered 404" },
    {
      because: "it is sent elsewhere",
      reply: () => new Response(null, { status: 307, headers: { location: "https://else.test" } }),
      waitMs: 250,
      says: "answered 307",
    },
    {
      because: "the answer is not the edge's",
      reply: () => new Response("<html>"),
      waitMs: 250,
      says: "answered 200 in a form that is not the contract's",
    },
    {
      because: "the answer is of other events",
      reply: () => Response.json({ results: [] }),
      waitMs: 250,
      says: "answered 200 in a form that is not the contract's",
    },
    {
      because: "the edge asks for 3 s",
      reply: () => problem(503, {}, { "retry-after": "3" }),
      waitMs: 3_250,
      says: "answered 503",
    },
    {
      because: "the rate is used up for 20 s",
      reply: () => problem(429, {}, { "retry-after": "20" }),
      waitMs: 20_250,
      says: "answered 429",
    },
    {
      because: "the edge asks for a time",
      reply: () => problem(429, {}, { "retry-after": new Date(START_MS + 7_000).toUTCString() }),
      waitMs: 7_250,
      says: "answered 429",
    },
    {
      because: "the edge asks for too long",
      reply: () => problem(503, {}, { "retry-after": "86400" }),
      waitMs: 600_250,
      says: "answered 503",
    },
  ])("is sent again after $waitMs ms when $because, and that is told once", async ({ reply, waitMs, says }) => {
    const { client, asked, told, pass } = clientOn(scripted(reply()), noCompany);
    client.track(view("evt-one"));
    await pass(waitMs - 1);
    expect(asked).toHaveLength(1);
    await pass(1);
    expect(asked.map(({ ids }) => ids)).toEqual([["evt-one"], ["evt-one"]]);
    expect(told).toEqual([`failing: the edge ${says}; trying again`, "evt-one assessed 0.9"]);
  });

  it("is taken back when it takes longer than its deadline, and sent again", async () => {
    const { client, asked, told, pass } = clientOn(scripted(hanging), noCompany);
    client.track(view("evt-slow"));
    await pass(14_999);
    expect(asked[0]?.signal.aborted).toBe(false);
    await pass(1);
    expect(asked[0]?.signal.aborted).toBe(true);
    expect(told).toEqual(["failing: the edge did not answer within 15000 ms; trying again"]);
    await pass(250);
    expect(client.status()).toMatchObject({ accepted: 1, underway: 0 });
  });

  it("is tried ever more rarely, up to every half minute, with chance between 0 and the bound", async () => {
    for (const { chance, waits } of [
      { chance: 0.5, waits: [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000] },
      { chance: 0.1, waits: [50, 100, 200, 400, 800, 1_600, 3_000, 3_000] },
    ]) {
      const { client, asked, pass } = clientOn(() => problem(503), { ...noCompany, runtime: { random: () => chance } });
      client.track(view("evt-one"));
      await pass(100_000);
      const times = asked.map(({ atMs }) => atMs);
      expect(times.slice(1, 9).map((atMs, index) => Math.round(atMs - (times[index] ?? 0)))).toEqual(waits);
    }
  });

  it("is told again, and is tried as soon as at first, when there was a success between", async () => {
    const { client, asked, told, pass } = clientOn(
      scripted(problem(503), problem(503), goodEdge(), problem(500)),
      noCompany,
    );
    client.track(view("evt-one"));
    await pass(10_000);
    client.track(view("evt-two"));
    await pass(250);
    expect(asked.map(({ atMs }) => atMs)).toEqual([0, 250, 750, 10_000, 10_250]);
    expect(told.filter((line) => line.startsWith("failing"))).toEqual([
      "failing: the edge answered 503; trying again",
      "failing: the edge answered 500; trying again",
    ]);
  });

  it("holds up nothing that was tracked meanwhile: all of it goes when the edge is back", async () => {
    let isAway = true;
    const good = goodEdge();
    const { client, told, pass } = clientOn((asked) => (isAway ? problem(503) : good(asked)));
    const ids = names(950);
    for (const id of ids) client.track(view(id));
    await pass(120_000);
    isAway = false;
    await pass(40_000);
    expect(client.status()).toMatchObject({ tracked: 950, accepted: 950, dropped: 0 });
    expect(told.filter((line) => line.startsWith("failing"))).toHaveLength(1);
  });

  it("gives events up when they are too old to matter, however often it failed", async () => {
    const { client, asked, told, pass } = clientOn(() => problem(503), { expireMs: 60_000 });
    client.track(view("evt-old"));
    await pass(90_000);
    expect(told.at(-1)).toBe("evt-old dropped expired");
    expect(asked.at(-1)?.atMs).toBeLessThan(60_000);
    expect(client.status()).toMatchObject({ dropped: 1, waiting: 0, underway: 0 });
  });
});

describe("an event that spoils its batch", () => {
  const spoiling = (id: string, reply: () => Response) => {
    const good = goodEdge();
    return clientOn((asked) => (asked.ids.includes(id) ? reply() : good(asked)));
  };

  it.each([
    { status: 400, first: true },
    { status: 413, first: false },
    { status: 422, first: false },
  ])("is found by halves and rejected alone where the edge answers $status", async ({ status }) => {
    for (const position of [0, 1, 37, 98, 99]) {
      const ids = names(100);
      const id = ids[position] ?? "";
      const errors = [{ pointer: "/name", detail: "is odd" }];
      const { client, asked, told, pass } = spoiling(id, () => problem(status, status === 422 ? { errors } : {}));
      for (const each of ids) client.track(view(each));
      await pass(10_000);
      expect(client.status()).toMatchObject({ tracked: 100, accepted: 99, rejected: 1 });
      const detail = status === 422 ? "is odd" : `refused with ${status}`;
      expect(told.filter((line) => line.includes("rejected"))).toEqual([`${id} rejected ${detail}`]);
      expect(asked.length).toBeLessThan(40);
    }
  });

  it("is given up where the edge breaks at it ten times, and holds up no other for long", async () => {
    const { client, asked, told, pass } = spoiling("evt-0050", () => problem(500));
    for (const id of names(100)) client.track(view(id));
    await pass(60_000);
    expect(client.status().accepted).toBe(99);
    await pass(600_000);
    expect(told.at(-1)).toBe("evt-0050 dropped expired");
    const sizes = asked.filter(({ ids }) => ids.includes("evt-0050")).map(({ ids }) => ids.length);
    const aloneFrom = sizes.indexOf(1);
    expect(sizes.slice(aloneFrom)).toEqual(Array.from({ length: 10 }, () => 1));
    expect(aloneFrom).toBeLessThan(15);
  });

  it("is kept where the edge does not answer it, and still holds up no other", async () => {
    const good = goodEdge();
    const { client, pass } = clientOn((asked) => (asked.ids.includes("evt-0003") ? hanging(asked) : good(asked)));
    for (const id of names(8)) client.track(view(id));
    await pass(200_000);
    expect(client.status()).toMatchObject({ accepted: 7, dropped: 0 });
    client.track(view("evt-fresh"));
    await pass(50_000);
    expect(client.status()).toMatchObject({ accepted: 8, dropped: 0 });
  });
});

describe("a key that is refused", () => {
  it.each([401, 403])("stops the client at %i, which is told once; nothing is sent any more", async (status) => {
    const { client, asked, told, pass } = clientOn(() => problem(status), { batchEvents: 2 });
    for (const id of names(5)) client.track(view(id));
    await pass(60_000);
    client.track(view("evt-after"));
    expect(await client.assess(view("evt-asked"))).toEqual({ status: "unavailable", id: "evt-asked" });
    expect(await client.flush()).toBe(true);
    await pass(60_000);
    expect(asked).toHaveLength(1);
    expect(told.filter((line) => line.startsWith("stopped"))).toEqual([
      `stopped: the edge refuses the key (${status}); nothing is sent any more`,
    ]);
    const drops = [...names(5), "evt-after", "evt-asked"].map((id) => `${id} dropped stopped`);
    expect(told.filter((line) => line.includes("dropped")).sort()).toEqual(drops.sort());
    expect(client.status()).toMatchObject({ tracked: 7, dropped: 7, waiting: 0, underway: 0, state: "stopped" });
  });
});

describe("assess", () => {
  it("sends one event at once and resolves with the edge's verdict", async () => {
    const { client, asked, told } = clientOn(goodEdge());
    expect(await client.assess(view("evt-now"))).toEqual({
      status: "accepted",
      id: "evt-now",
      assessment: assessment(),
    });
    expect(await client.assess(view("evt-now"))).toMatchObject({ status: "duplicate" });
    expect(told).toEqual(["evt-now assessed 0.9", "evt-now assessed 0.9"]);
    const [first, second] = asked;
    expect(first).toMatchObject({ path: "/v1/events", atMs: 0 });
    expect(first?.body).toEqual({
      id: "evt-now",
      name: "page_view",
      timestamp: "2026-11-21T10:00:00.000Z",
      sent_at: "2026-11-21T10:00:00.000Z",
    });
    expect(first?.headers.get("idempotency-key")).toMatch(/^[\x21-\x7e]{8,255}$/);
    // Another call may have another body, which the edge would refuse under the same key.
    expect(second?.headers.get("idempotency-key")).not.toBe(first?.headers.get("idempotency-key"));
  });

  it.each([
    { because: "the edge does not answer", edge: hanging, afterMs: 800 },
    {
      because: "the edge asks to come later than that",
      edge: () => problem(429, {}, { "retry-after": "2" }),
      afterMs: 0,
    },
    { because: "two attempts failed", edge: () => problem(500), afterMs: 50 },
    { because: "two connections broke", edge: () => Promise.reject(new TypeError("fetch failed")), afterMs: 50 },
  ])("is unavailable after $afterMs ms when $because, and the event goes by batch", async ({ edge, afterMs }) => {
    let isGood = false;
    const good = goodEdge();
    const { client, asked, pass } = clientOn((request) => (isGood ? good(request) : edge(request)));
    let assessed: unknown = null;
    void client.assess(view("evt-now")).then((result) => (assessed = result));
    if (afterMs > 0) {
      await pass(afterMs - 1);
      expect(assessed).toBeNull();
      await pass(1);
    } else await pass(0);
    expect(assessed).toEqual({ status: "unavailable", id: "evt-now" });
    isGood = true;
    await pass(5_000);
    const { path, ids, body } = asked.at(-1) ?? {};
    expect({ path, ids }).toEqual({ path: "/v1/events/batch", ids: ["evt-now"] });
    expect(body.events[0]).not.toHaveProperty("sent_at");
    expect(client.status()).toMatchObject({ tracked: 1, accepted: 1, dropped: 0 });
  });

  it("tries once more when the first try fails early, with the same bytes under the same key, so that the answer is the first's", async () => {
    const { client, asked, pass } = clientOn(scripted(() => Promise.reject(new TypeError("reset"))));
    const assessing = client.assess(view("evt-now"));
    await pass(50);
    expect(await assessing).toMatchObject({ status: "accepted" });
    expect(asked).toHaveLength(2);
    expect(asked[1]?.bytes).toEqual(asked[0]?.bytes);
    expect(asked[1]?.headers.get("idempotency-key")).toBe(asked[0]?.headers.get("idempotency-key"));
  });

  it("asks nothing while the edge wants to be left alone, but does while batches rest on their own account", async () => {
    const { client, asked, pass } = clientOn(scripted(problem(503, {}, { "retry-after": "5" })), noCompany);
    client.track(view("evt-batch"));
    await pass(0);
    expect(await client.assess(view("evt-early"))).toEqual({ status: "unavailable", id: "evt-early" });
    expect(asked).toHaveLength(1);
    await pass(4_500);
    const late = client.assess(view("evt-late"));
    await pass(500);
    expect(await late).toMatchObject({ status: "accepted" });
    expect(asked[1]).toMatchObject({ path: "/v1/events", atMs: 5_000 });
  });

  it.each([
    {
      status: 422,
      more: { errors: [{ pointer: "/items", detail: "is required" }] },
      errors: [{ pointer: "/items", detail: "is required" }],
    },
    { status: 413, more: {}, errors: [{ pointer: "", detail: "refused with 413" }] },
    { status: 400, more: { detail: 7 }, errors: [{ pointer: "", detail: "was answered 400" }] },
  ])(
    "says what is wrong with an event that is answered $status, and does not send it again",
    async ({ status, more, errors }) => {
      const { client, asked, pass } = clientOn(() => problem(status, more));
      expect(await client.assess(view("evt-bad"))).toEqual({ status: "rejected", id: "evt-bad", errors });
      await pass(10_000);
      expect(asked).toHaveLength(1);
      expect(client.status()).toMatchObject({ tracked: 1, rejected: 1 });
    },
  );

  it("is unavailable where an answer holds no assessment, although the event was taken in", async () => {
    const { client, asked, pass } = clientOn(() =>
      Response.json({ id: "evt-now", status: "accepted" }, { status: 202 }),
    );
    expect(await client.assess(view("evt-now"))).toEqual({ status: "unavailable", id: "evt-now" });
    await pass(5_000);
    expect(asked).toHaveLength(1);
    expect(client.status()).toMatchObject({ accepted: 1 });
  });

  it("leaves a shop's own sent_at as it is, and leaves out its own where the event has no room for it", async () => {
    const { client, asked } = clientOn(goodEdge());
    await client.assess(view("evt-own", { sent_at: "2026-11-21T09:00:00Z" }));
    const bare = JSON.stringify({
      ...view("evt-full"),
      properties: { note: "" },
      timestamp: new Date(START_MS).toISOString(),
    });
    await client.assess(view("evt-full", { properties: { note: "x".repeat(32_000 - bare.length) } }));
    expect(asked.map(({ body }) => body.sent_at)).toEqual(["2026-11-21T09:00:00Z", undefined]);
    expect(asked[1]?.bytes.byteLength).toBe(32_000);
  });
});

describe("flush", () => {
  it("sends at once, and resolves when all that was tracked before has ended, whatever is tracked meanwhile", async () => {
    const answers: (() => void)[] = [];
    const good = goodEdge();
    const { client, pass } = clientOn((asked) => new Promise((resolve) => answers.push(() => resolve(good(asked)))), {
      batchEvents: 1,
    });
    client.track(view("evt-before"));
    let flushed: boolean | null = null;
    void client.flush().then((result) => (flushed = result));
    client.track(view("evt-after"));
    await pass(0);
    expect(flushed).toBeNull();
    answers[0]?.();
    await pass(0);
    expect(flushed).toBe(true);
    expect(client.status()).toMatchObject({ accepted: 1, underway: 1 });
  });

  it("cuts a pause of its own short, but none that the edge asked for", async () => {
    for (const { reply, waitMs } of [
      { reply: problem(503), waitMs: 0 },
      { reply: problem(503, {}, { "retry-after": "4" }), waitMs: 4_000 },
    ]) {
      const { client, asked, pass } = clientOn(scripted(reply), noCompany);
      client.track(view("evt-one"));
      await pass(0);
      const flushing = client.flush();
      await pass(waitMs);
      expect(await flushing).toBe(true);
      expect(asked[1]?.atMs).toBe(waitMs);
    }
  });

  it("says false at its deadline, and loses nothing by it", async () => {
    const { client, pass } = clientOn(scripted(hanging));
    client.track(view("evt-one"));
    const flushing = client.flush(1_000);
    await pass(1_000);
    expect(await flushing).toBe(false);
    await pass(20_000);
    expect(client.status()).toMatchObject({ accepted: 1, dropped: 0 });
  });

  it("resolves at once where nothing waits", async () => {
    expect(await clientOn(hanging).client.flush()).toBe(true);
  });
});

describe("close", () => {
  it("sends everything there is, then takes nothing more", async () => {
    const { client, told, pass } = clientOn(goodEdge());
    for (const id of names(250)) client.track(view(id));
    const closing = client.close();
    expect(client.close()).toBe(closing);
    client.track(view("evt-late"));
    await pass(0);
    expect(await closing).toBe(true);
    expect(await client.assess(view("evt-later"))).toEqual({ status: "unavailable", id: "evt-later" });
    expect(client.status()).toMatchObject({ tracked: 252, accepted: 250, dropped: 2, state: "closed" });
    expect(told.filter((line) => line.includes("dropped"))).toEqual([
      "evt-late dropped closed",
      "evt-later dropped closed",
    ]);
  });

  it("gives up at its deadline what the edge did not take, takes its requests back and sends nothing more", async () => {
    const { client, asked, told, pass } = clientOn(hanging, { batchEvents: 2 });
    for (const id of names(3)) client.track(view(id));
    const assessing = client.assess(view("evt-asked"));
    await pass(0);
    const closing = client.close(500);
    await pass(500);
    expect(await closing).toBe(false);
    expect(await assessing).toMatchObject({ status: "unavailable" });
    expect(told.toSorted()).toEqual([...names(3), "evt-asked"].map((id) => `${id} dropped closed`).toSorted());
    expect(asked.every(({ signal }) => signal.aborted)).toBe(true);
    await pass(100_000);
    expect(asked).toHaveLength(2);
  });

  it("has counted everything when it resolves, and an answer that still comes changes nothing", async () => {
    const answers: ((answer: Response) => void)[] = [];
    const { client, told, pass } = clientOn(hanging, {
      ...noCompany,
      // One that does not listen to being taken back.
      runtime: { fetch: () => new Promise((resolve) => answers.push(resolve)) },
    });
    client.track(view("evt-batch"));
    void client.assess(view("evt-asked"));
    const counted = client.close(100).then(() => client.status());
    await pass(100);
    const closed = { tracked: 2, accepted: 0, dropped: 2, waiting: 0, underway: 0 };
    expect(await counted).toMatchObject(closed);
    const taken = { index: 0, id: "evt-batch", status: "accepted", assessment: assessment() };
    answers[0]?.(Response.json({ results: [taken] }));
    answers[1]?.(Response.json({ ...taken, id: "evt-asked" }, { status: 202 }));
    await pass(60_000);
    expect(client.status()).toMatchObject(closed);
    expect(told).toEqual(["evt-batch dropped closed", "evt-asked dropped closed"]);
  });

  it("lets an assessment that pauses between its tries send no second one", async () => {
    const { client, asked, pass } = clientOn(() => problem(500));
    const assessing = client.assess(view("evt-asked"));
    await pass(10);
    void client.close(10);
    await pass(1_000);
    expect(await assessing).toMatchObject({ status: "unavailable" });
    expect(asked).toHaveLength(1);
  });

  it("waits for an assessment under way, and for its event where there was no verdict", async () => {
    const { client, asked, pass } = clientOn(scripted(hanging));
    void client.assess(view("evt-asked"));
    await pass(0);
    const closing = client.close();
    await pass(800);
    expect(await closing).toBe(true);
    expect(asked.map(({ path }) => path)).toEqual(["/v1/events", "/v1/events/batch"]);
    expect(client.status()).toMatchObject({ accepted: 1, dropped: 0 });
  });
});

describe("requests", () => {
  it("carry the key in the header alone, and follow no redirect, which would take it elsewhere", async () => {
    const { client, asked } = clientOn(goodEdge());
    await client.assess(view("evt-one"));
    client.track(view("evt-two"));
    await client.flush();
    expect(asked).toHaveLength(2);
    for (const { headers, redirect, bytes } of asked) {
      expect(headers.get("authorization")).toBe(`Bearer ${KEY}`);
      expect(redirect).toBe("manual");
      expect(new TextDecoder().decode(bytes)).not.toContain(KEY);
    }
  });

  it("show the key in no error, report or rendering of the client, whatever fails", async () => {
    const shown: unknown[] = [];
    const leaking = new TypeError(`Headers.append: "Bearer ${KEY}" is an invalid header value.`, {
      cause: Object.assign(new Error(KEY), { code: KEY }),
    });
    const { client, pass } = clientOn(scripted(leaking, problem(500, { detail: KEY }), problem(401, { detail: KEY })), {
      ...noCompany,
      onError: (error) => void shown.push(error, error.message, error.cause),
      onDrop: (...facts) => void shown.push(facts),
    });
    client.track(view("evt-one"));
    await pass(10_000);
    shown.push(client, client.status());
    expect(shown.length).toBeGreaterThan(6);
    expect(inspect(shown, { depth: 10, showHidden: true })).not.toContain(KEY.slice(3));
  });
});
