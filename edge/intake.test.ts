import { describe, expect, it } from "vitest";
import { ScoredEvent, type IntakeMessage } from "../shared/message.ts";
import { FEATURE_NAMES } from "../shared/features/features.ts";
import { hashText } from "../shared/hash.ts";
import { compileLists } from "../shared/lists.ts";
import { below, chance, pick, seededRandom, type Random } from "../shared/random.ts";
import { judge, rounded } from "../shared/judge.ts";
import { actOf } from "../shared/observe.ts";
import { takeIn, type Intake, type IntakeServices, type Outcome } from "./intake.ts";
import { createPseudonymizer } from "./privacy.ts";
import { inMessages } from "./publish.ts";
import { constantScorer, eventsIn, fixedConfig, memoryStores, NOW_MS, purchase, type Send } from "./test-edge.ts";

/** One intake over services in memory. */
function bench({ send = async () => undefined, ...changes }: Partial<IntakeServices> & { send?: Send } = {}) {
  const sent: ScoredEvent[] = [];
  const order: string[] = [];
  let texts = 0;
  const later: Promise<unknown>[] = [];
  const services: IntakeServices = {
    live: fixedConfig(),
    profileDeadlineMs: 50,
    stores: memoryStores({ waitUntil: (promise) => void later.push(promise) }),
    scorer: constantScorer(),
    pseudonymize: createPseudonymizer("5a".repeat(32)),
    put: inMessages(async (written) => {
      await send(written);
      order.push("sent");
      const message = JSON.parse(written.text) as IntakeMessage; // what publish writes
      texts += message.verdicts.length;
      sent.push(...eventsIn(message));
    }),
    ...changes,
  };
  const take = (events: readonly unknown[], intake: Partial<Intake> = {}): Promise<Outcome[]> =>
    takeIn(
      {
        events: events.map(asRead),
        sentAt: undefined,
        key: {
          id: "sec0000000000001",
          kind: "secret",
          role: "ingest",
          origins: [],
          digest: "0".repeat(64),
          expires_at: null,
        },
        requestId: "req_1",
        connection: { headers: new Headers(), cf: undefined },
        receivedMs: NOW_MS,
        ...intake,
      },
      services,
    );
  return {
    take,
    sent,
    order,
    later,
    services,
    /** Verdicts that were written. */
    get texts() {
      return texts;
    },
  };
}

/** An event of a shop: of thirty people ten do all there is to do, ten only look and buy, and ten only look. */
function visited(random: Random): Record<string, unknown> {
  const person = below(random, 30);
  const names = [
    ["page_view", "login", "purchase", "refund", "coupon_rejected"],
    ["page_view", "purchase"],
    ["page_view"],
  ];
  const name = pick(random, names[Math.floor(person / 10)] ?? []);
  const { value: _value, currency: _currency, items, transaction_id, ...rest } = purchase({ name });
  return {
    ...rest,
    ...((name === "purchase" || name === "refund") && { value: pick(random, [5, 900]) }),
    ...(chance(random, 0.5) && { currency: "EUR" }),
    ...(name === "purchase" && { items, transaction_id }),
    timestamp: new Date(NOW_MS - below(random, 3) * 60_000).toISOString(),
    ...(chance(random, 0.7)
      ? { user_id: `u-${person}`, client_id: undefined }
      : { user_id: undefined, client_id: `c-${person}` }),
  };
}

/** An event in which nothing was found to be wrong while reading. */
function asRead(value: unknown): Intake["events"][number] {
  return { value, fault: null };
}

const publishable: Intake["key"] = {
  id: "pub0000000000001",
  kind: "publishable",
  role: null,
  origins: [],
  digest: "0".repeat(64),
  expires_at: null,
};

describe("takeIn", () => {
  it("writes messages that the other side takes, whatever was known of the event", async () => {
    const { take, sent } = bench();
    await take([
      purchase(),
      { id: "evt_bare0001", name: "page_view" },
      purchase({
        email: "ann@shop.example",
        payment: { method: "card", card_fingerprint: "k", bin: "424242", outcome: "declined" },
        context: {
          ip: "192.0.2.1",
          user_agent: "curl/8.0",
          geo: { country: "DE", latitude: 1 },
          page: { url: "https://a/" },
        },
        properties: { nested: [{ deep: null }] },
      }),
    ]);
    expect(sent.length).toBe(3);
    for (const event of sent) {
      const arrived: unknown = JSON.parse(JSON.stringify(event));
      expect(ScoredEvent.parse(arrived)).toEqual(arrived);
      expect(event.features.length).toBe(FEATURE_NAMES.length);
    }
  });

  it("lets no address and no e-mail onto the queue, wherever they came from", async () => {
    const { take, sent, services } = bench();
    const event = purchase({ email: "Ann.Secret@Shop.Example", context: { ip: "203.0.113.77" } });
    await take([event]);
    const headers = new Headers({ "cf-connecting-ip": "198.51.100.23", "x-forwarded-for": "198.51.100.23" });
    await takeIn(
      {
        events: [asRead(purchase({ email: "bob.secret@shop.example" }))],
        sentAt: undefined,
        key: publishable,
        requestId: "req_2",
        connection: { headers, cf: { colo: "MUC" } },
        receivedMs: NOW_MS,
      },
      services,
    );
    expect(sent.length).toBe(2);
    expect(JSON.stringify(sent)).not.toMatch(/secret@|203\.0\.113|198\.51\.100/i);
    expect(sent[0]?.event).toMatchObject({
      email_domain: "shop.example",
      email_hash: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(sent[1]?.signals.ip_hash).toMatch(/^[0-9a-f]{32}$/);
  });

  it("writes down where an event's time comes from, when it arrived and with which kind of key", async () => {
    const { take, sent } = bench();
    const timestamp = new Date(NOW_MS + 3_598_000).toISOString();
    await take([purchase({ timestamp })], { key: publishable, sentAt: new Date(NOW_MS + 3_600_000).toISOString() });
    expect(sent[0]).toMatchObject({
      event: { timestamp: "2026-11-21T09:59:58.000Z" },
      timestamp_source: "corrected",
      received_at: "2026-11-21T10:00:00.000Z",
      source: "publishable",
    });
  });

  it("gives one outcome an event in order; a bad one spoils no other", async () => {
    const { take, sent } = bench();
    const events = [
      purchase({ id: "evt_first0" }),
      purchase({ id: "evt_second", value: -1 }),
      null,
      purchase({ id: "evt_fourth" }),
    ];
    const outcomes = await take(events);
    expect(outcomes).toMatchObject([
      { kind: "accepted", id: "evt_first0" },
      { kind: "rejected", id: "evt_second", errors: [{ pointer: "/value" }] },
      { kind: "rejected", id: null, errors: [{ pointer: "" }] },
      { kind: "accepted", id: "evt_fourth" },
    ]);
    expect(sent.map(({ event }) => event.id).toSorted()).toEqual(["evt_first0", "evt_fourth"]);
  });

  it("keeps apart two events that are equal in everything", async () => {
    const event = purchase();
    expect((await bench().take([event, event])).map(({ kind }) => kind)).toEqual(["accepted", "duplicate"]);
  });

  it("answers a duplicate as the first time and puts it on the queue again, in case the first was lost", async () => {
    const { take, sent } = bench();
    const event = purchase();
    const [first] = await take([event]);
    await take([purchase(), purchase()]);
    const [again] = await take([event]);
    expect(first).toMatchObject({ kind: "accepted" });
    expect(again).toEqual({ ...first, kind: "duplicate" });
    expect(sent.filter(({ event: { id } }) => id === event["id"]).length).toBe(2);
  });

  it("says nothing is accepted before the queue has it", async () => {
    let take = () => undefined as void;
    const queue = new Promise<void>((resolve) => (take = resolve));
    const { take: takeEvents } = bench({ send: () => queue });
    let outcomes: Outcome[] | null = null;
    const taking = takeEvents([purchase()]).then((result) => (outcomes = result));
    await new Promise((done) => setTimeout(done, 20));
    expect(outcomes).toBeNull();
    take();
    await taking;
    expect(outcomes).toMatchObject([{ kind: "accepted" }]);
  });

  it("asks for an event again that could not be queued, and takes it as new then, with the same assessment", async () => {
    const queue: { send(): Promise<unknown> } = { send: () => Promise.reject(new Error("queue is away")) };
    const { take, later } = bench({ send: () => queue.send() });
    const event = purchase();
    expect(await take([event])).toEqual([{ kind: "retry", id: event["id"] }]);
    await Promise.all(later);
    queue.send = async () => undefined;
    const [accepted] = await take([event]);
    expect(accepted).toMatchObject({ kind: "accepted" });
    const [next] = await take([purchase()]);
    const confidence = (outcome: Outcome | undefined) =>
      outcome?.kind === "accepted" ? outcome.verdict.assessment.confidence : NaN;
    // The order was learned from once: the next one knows of one order, not of two.
    expect(confidence(next)).toBeGreaterThan(confidence(accepted));
  });

  it("still calls an event a duplicate after its repetition could not be queued", async () => {
    const queue = { send: async () => undefined as unknown };
    const { take, later } = bench({ send: () => queue.send() });
    const event = purchase();
    await take([event]);
    queue.send = () => Promise.reject(new Error("queue is away"));
    expect(await take([event])).toMatchObject([{ kind: "retry" }]);
    await Promise.all(later);
    queue.send = async () => undefined;
    expect(await take([event])).toMatchObject([{ kind: "duplicate" }]);
  });

  it("asks again only for the part of a batch that could not be queued", async () => {
    const refused: string[] = [];
    const { take } = bench({
      async send({ text }) {
        if (!text.includes("evt_big00004")) return;
        refused.push(...Array.from(text.matchAll(/evt_big\d+/g), ([id]) => id));
        throw new Error("queue is away");
      },
    });
    const ids = Array.from({ length: 10 }, (_event, index) => `evt_big0000${index}`);
    const outcomes = await take(ids.map((id) => purchase({ id, properties: { text: "a".repeat(29_500) } })));
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(ids.length);
    expect(outcomes.map(({ kind }) => kind)).toEqual(ids.map((id) => (refused.includes(id) ? "retry" : "accepted")));
  });

  it("names what was missing: profiles that did not answer, a model that was refused", async () => {
    const scorer = constantScorer();
    const { take } = bench({
      stores: memoryStores({ recall: () => Promise.reject(new Error("down")) }),
      scorer: {
        ...scorer,
        score: async (rows, acts) => ({ ...(await scorer.score(rows, acts)), degraded: ["model:global@v8"] }),
      },
    });
    const [outcome] = await take([purchase()]);
    expect(outcome).toMatchObject({
      kind: "accepted",
      verdict: {
        assessment: { degraded: ["profile:customer", "profile:client", "profile:prices", "model:global@v8"] },
      },
    });
  });

  it("answers by the rules alone when no model can score, and says there was none", async () => {
    const scorer = constantScorer();
    const score: IntakeServices["scorer"]["score"] = async (rows, acts) => {
      const scores = await scorer.score(rows, acts);
      return { ...scores, raw: null, version: null, runtime: "none", degraded: ["model"] };
    };
    const { take, sent } = bench({ scorer: { ...scorer, score } });
    const [outcome] = await take([purchase()]);
    expect(outcome).toMatchObject({
      kind: "accepted",
      verdict: {
        assessment: { model: null, signals: { model: null }, degraded: ["model"], score: expect.any(Number) },
      },
    });
    expect(sent[0]).toMatchObject({ runtime: "none" });
  });

  it("sends on what it takes to score an event again: the vector, what the rules gave, who scored", async () => {
    const { take, sent, services } = bench();
    const { calibration } = await services.scorer.score(new Float32Array(), []);
    for (let order = 0; order < 20; order++) await take([purchase({ value: 10 + 400 * (order % 3) })]);
    await take([purchase({ name: "page_view" })]);
    expect(sent.filter(({ rules }) => "velocity" in rules).length).toBeGreaterThan(5);
    expect(sent.filter(({ rules }) => Object.keys(rules).length === 0).length).toBeGreaterThan(3);
    for (const { event, features, rules, assessment } of sent) {
      const judged = judge({ act: actOf(event), vector: features, rules, model: 0.5, client: null }, calibration);
      expect(assessment.score).toBe(rounded(judged.score));
    }
  });

  it("sends on what a release beside made of an event, and answers what it answers without", async () => {
    const scorer = constantScorer();
    const shadow = {
      ...(await constantScorer(0.9).score(new Float32Array(FEATURE_NAMES.length), ["order"])),
      version: "global@v10",
    };
    const alone = bench();
    const beside = bench({
      scorer: { ...scorer, score: async (rows, acts) => ({ ...(await scorer.score(rows, acts)), shadow }) },
    });
    const event = purchase();
    const answered = async ({ take }: typeof alone) =>
      (await take([event])).map((outcome) => outcome.kind === "accepted" && outcome.verdict.assessmentText);
    expect(await answered(beside)).toEqual(await answered(alone));
    const [{ shadow: made, ...rest } = { shadow: null }] = beside.sent;
    expect(rest).toEqual({ ...alone.sent[0], shadow: undefined });
    expect(made).toMatchObject({ model: "global@v10", client_model: null, score: expect.any(Number), anomaly: false });
    expect(made?.score).toBeGreaterThan(alone.sent[0]?.assessment.score ?? 1);
    expect(alone.sent[0]?.shadow).toBeNull();
  });

  it("asks the model once for all events of a request", async () => {
    const scorer = constantScorer();
    const counts: number[] = [];
    const score: IntakeServices["scorer"]["score"] = (rows, acts) => {
      expect(rows.length).toBe(acts.length * FEATURE_NAMES.length);
      counts.push(acts.length);
      return scorer.score(rows, acts);
    };
    const { take } = bench({ scorer: { ...scorer, score } });
    await take([purchase({ value: 5 }), { id: "bad" }, purchase({ value: 50 }), purchase({ value: 500 })]);
    await take([null]);
    expect(counts).toEqual([3]);
  });

  it("makes of each event of a batch what it makes of it alone, however many of them look alike", async () => {
    const random = seededRandom(12);
    const scorer = constantScorer();
    const { calibration: ofPayments, ...scores } = await scorer.score(new Float32Array(), []);
    const { client: _client, ...tails } = ofPayments;
    const calibration = { ...ofPayments, others: tails };
    const shadow = { ...scores, calibration, version: "global@v10" };
    /** Another score for every other vector. */
    const score: IntakeServices["scorer"]["score"] = async (rows, acts) => {
      const raw = Float32Array.from(acts, (act, row) => {
        const vector = rows.subarray(row * FEATURE_NAMES.length, (row + 1) * FEATURE_NAMES.length);
        return 0.3 + (hashText(`${act} ${vector.join()}`) % 500) / 1_000;
      });
      return { ...scores, calibration, raw, shadow: { ...shadow, raw } };
    };
    const lists = compileLists([
      { id: "lst_1", list: "block", kind: "customer", value: "u-3", expires_at: null },
      { id: "lst_2", list: "allow", kind: "customer", value: "u-4", expires_at: null },
    ]);
    const settings = { live: fixedConfig({ lists }), scorer: { ...scorer, score } };
    const [together, alone] = [bench(settings), bench(settings)];
    for (let left = 2_000; left > 0;) {
      const events = Array.from({ length: Math.min(left, 1 + below(random, 100)) }, () => visited(random));
      await together.take(events);
      for (const event of events) await alone.take([event]);
      left -= events.length;
    }
    const inOrder = (sent: readonly ScoredEvent[]) =>
      sent.toSorted((one, other) => (one.event.id < other.event.id ? -1 : 1));
    expect(inOrder(together.sent)).toEqual(inOrder(alone.sent));
    expect(new Set(together.sent.map(({ features }) => features.join())).size).toBeGreaterThan(100);
    expect(together.sent.filter(({ assessment }) => assessment.reasons.length > 0).length).toBeGreaterThan(100);
    expect(together.texts).toBeLessThan(together.sent.length - 200);
  });

  it("lets a single event wait as long as configured, a batch ten times as long", async () => {
    const inner = memoryStores();
    const slow = memoryStores({
      recall: async (shard, requests) => {
        await new Promise((done) => setTimeout(done, 60));
        return inner.recall(shard, requests);
      },
    });
    const { take } = bench({ stores: slow, profileDeadlineMs: 20 });
    const degraded = (outcome: Outcome | undefined) =>
      outcome?.kind === "accepted" ? outcome.verdict.assessment.degraded.length : NaN;
    const [single] = await take([purchase()]);
    expect(degraded(single)).toBeGreaterThan(0);
    const [first] = await take([purchase(), purchase()]);
    expect(degraded(first)).toBe(0);
  });

  it("shares nothing between requests that run at the same time", async () => {
    const { take, sent } = bench();
    const requests = Array.from({ length: 20 }, (_, index) =>
      purchase({ id: `evt_same${String(index).padStart(4, "0")}`, user_id: `u-${index}` }),
    );
    const outcomes = await Promise.all(requests.map((event, index) => take([event], { requestId: `req_${index}` })));
    for (const [index, [outcome]] of outcomes.entries()) expect(outcome?.id).toBe(requests[index]?.["id"]);
    expect(new Set(sent.map(({ event }) => event.id)).size).toBe(20);
  });
});
