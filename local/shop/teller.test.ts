import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listen, stopListening } from "../listen.ts";
import { createTeller, type Told } from "./teller.ts";

const assessment = {
  score: 0.93,
  anomaly: true,
  threshold: 0.7,
  confidence: 0.5,
  reasons: [{ code: "card_testing", detail: "14 cards", contribution: 0.6 }],
  signals: { model: 0.9, client_model: null, rules: 0.9 },
  model: "global@v0",
  client_model: null,
  calibration: "global@v0",
  degraded: [],
};

let server: Server;
let edge: URL;
/** What the edge answers, one after the other; the last for ever. */
let answers: [status: number, body: unknown][];
let received: { id: string; authorization: string | undefined }[];

beforeEach(async () => {
  received = [];
  server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      const { id } = JSON.parse(text) as { id: string };
      received.push({ id, authorization: request.headers.authorization });
      const [status, body] = (answers.length > 1 ? answers.shift() : answers[0]) ?? [500, {}];
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
  });
  edge = new URL(`http://127.0.0.1:${await listen(server, 0)}`);
});
afterEach(() => stopListening(server, 0));

const event = (id: string) => ({ id, name: "purchase" });
const tellerFor = (firstWaitMs = 5) => createTeller({ edge, key: "sk_key", firstWaitMs });

async function settled(told: Told): Promise<Told["outcome"]> {
  while (told.outcome.kind === "waiting") await new Promise((resolve) => setTimeout(resolve, 2));
  return told.outcome;
}

describe("tell", () => {
  it("sends the event with the secret key and gives back what the edge makes of it", async () => {
    answers = [[202, { id: "evt_1", status: "accepted", assessment }]];
    const { outcome } = await tellerFor().tell(event("evt_1"));
    const { score, anomaly, threshold, reasons } = assessment;
    expect(outcome).toEqual({ kind: "accepted", verdict: { score, anomaly, threshold, reasons } });
    expect(received).toEqual([{ id: "evt_1", authorization: "Bearer sk_key" }]);
  });

  it("says which field the edge refused, and does not send it again: that would not help", async () => {
    answers = [[422, { title: "…", errors: [{ pointer: "/items/0/price", detail: "must be at least 0" }] }]];
    const teller = tellerFor();
    const { outcome } = await teller.tell(event("evt_1"));
    expect(outcome).toEqual({ kind: "rejected", detail: "422: /items/0/price must be at least 0" });
    await teller.close();
    expect(received).toHaveLength(1);
  });

  it.each([
    { status: 503, because: "it could not make it durable" },
    { status: 429, because: "it was too much at once" },
    { status: 500, because: "it broke" },
  ])("goes on after a $status, as $because, and sends the same id again until it is taken", async ({ status }) => {
    answers = [
      [status, {}],
      [status, {}],
      [202, { status: "accepted" }],
    ];
    const told = await tellerFor().tell(event("evt_1"));
    expect(told.outcome).toEqual({ kind: "waiting", detail: `answer ${status}` });
    expect(await settled(told)).toEqual({ kind: "accepted", verdict: null });
    expect(received.map(({ id }) => id)).toEqual(["evt_1", "evt_1", "evt_1"]);
  });

  it("does not throw when nobody answers, so that a shopper can buy while the edge is away", async () => {
    await stopListening(server, 0);
    const { outcome } = await tellerFor(60_000).tell(event("evt_1"));
    expect(outcome).toEqual({ kind: "waiting", detail: "no answer" });
  });

  it("takes an answer in another form for none, as it says nothing of the event", async () => {
    answers = [[202, { status: "perhaps" }]];
    expect((await tellerFor(60_000).tell(event("evt_1"))).outcome.kind).toBe("rejected");
  });
});

describe("close", () => {
  it("sends what still waits, so that no order is lost when the shop is stopped", async () => {
    answers = [[503, {}]];
    const teller = tellerFor(60_000);
    const told = [await teller.tell(event("evt_1")), await teller.tell(event("evt_2"))];
    answers = [[202, { status: "accepted" }]];
    await teller.close();
    expect(told.map(({ outcome }) => outcome.kind)).toEqual(["accepted", "accepted"]);
  });

  it("says how much the edge did not take", async () => {
    answers = [[503, {}]];
    const teller = tellerFor(60_000);
    await teller.tell(event("evt_1"));
    await expect(teller.close()).rejects.toThrow("the edge did not take 1 of the shop's events");
  });
});
