import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { attemptDelivery, type Attempt, type AttemptServices } from "./attempt.ts";
import { answering, silence, startEndpoint, type Answer, type Endpoint } from "./test-endpoint.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const DEADLINE_MS = 150;

let endpoint: Endpoint;
beforeEach(async () => {
  endpoint = await startEndpoint();
});
afterEach(() => endpoint.close());

function attempt(over: Partial<Attempt> = {}): Attempt {
  return {
    deliveryId: "msg_1",
    kind: "webhook",
    attempt: 1,
    attemptsBefore: 0,
    settings: {},
    url: endpoint.url,
    secrets: [SECRET],
    alert: {
      type: "anomaly.detected",
      createdAtMs: Date.parse("2026-11-21T10:00:00.123Z"),
      data: { alert: { id: "alt_1" } },
    },
    ...over,
  };
}

function services(over: Partial<AttemptServices> = {}): AttemptServices {
  return {
    fetch,
    nowMs: Date.now,
    random: () => 0.5,
    config: { allowLocalWebhooks: true, publicUrl: "https://pulse.shop.com" },
    ...over,
  };
}

describe("attemptDelivery", () => {
  it("posts the body the contract names, so signed that a Standard Webhooks receiver verifies it", async () => {
    const { delivery, record } = await attemptDelivery(attempt(), services());

    expect(delivery).toEqual({ kind: "delivered" });
    expect(record).toMatchObject({ status: 204, error: null, answer: "", timedOut: false });
    const [{ headers, body } = { headers: {}, body: "" }] = endpoint.received;
    expect(headers["content-type"]).toBe("application/json");
    expect(headers["webhook-id"]).toBe("msg_1");
    expect(new Webhook(SECRET).verify(body, headers)).toEqual({
      type: "anomaly.detected",
      timestamp: "2026-11-21T10:00:00.123Z",
      data: { alert: { id: "alt_1" } },
    });
  });

  it.each([200, 201, 202, 299])("takes %i for success", async (code) => {
    endpoint.answer = answering(code, {}, "thanks");
    const { delivery, record } = await attemptDelivery(attempt(), services());
    expect(delivery).toEqual({ kind: "delivered" });
    expect(record).toMatchObject({ status: code, error: null, answer: "thanks" });
  });

  const faults: { fault: string; answer: Answer; record: object }[] = [
    {
      fault: "answers 500",
      answer: answering(500, {}, "oh no"),
      record: { status: 500, error: "answered 500", answer: "oh no" },
    },
    { fault: "answers 404", answer: answering(404), record: { status: 404, error: "answered 404", answer: "" } },
    { fault: "answers 304", answer: answering(304), record: { status: 304 } },
    {
      fault: "is silent",
      answer: silence,
      record: { status: null, error: "no answer within 0.15 s", answer: null, timedOut: true },
    },
    {
      fault: "hangs up",
      answer: (response) => response.destroy(),
      record: { status: null, error: expect.stringMatching(/^the request failed/), answer: null, timedOut: false },
    },
    {
      fault: "does not speak HTTP",
      answer: (response) => response.socket?.end("SSH-2.0-OpenSSH\r\n"),
      record: { status: null, error: expect.stringMatching(/^the request failed/), answer: null },
    },
    {
      fault: "answers 500 and hangs in the middle of its text",
      answer: (response) => response.writeHead(500).write("beginning"),
      record: { status: 500, error: "answered 500", answer: "beginning", timedOut: false },
    },
    {
      fault: "answers 500 and breaks off",
      answer: (response) =>
        response.writeHead(500, { "content-length": "100" }).write("beginning", () => response.destroy()),
      record: { status: 500, error: "answered 500", answer: "beginning" },
    },
  ];
  it.each(faults)("wants another attempt of an endpoint that $fault", async ({ answer, record }) => {
    endpoint.answer = answer;
    const outcome = await attemptDelivery(attempt(), services(), DEADLINE_MS);
    expect(outcome.delivery).toEqual({ kind: "retry", afterMs: 5_000 });
    expect(outcome.record).toMatchObject(record);
  });

  it("wants another attempt when nobody listens, and names the error without the address", async () => {
    await endpoint.close();
    const { delivery, record } = await attemptDelivery(attempt(), services(), DEADLINE_MS);
    expect(delivery).toEqual({ kind: "retry", afterMs: 5_000 });
    expect(record).toMatchObject({ status: null, error: "the request failed (ECONNREFUSED)", answer: null });
    endpoint = await startEndpoint();
  });

  it.each([301, 302, 303, 307, 308])(
    "does not follow a %i, because that would carry the alert to a host nobody named",
    async (code) => {
      const elsewhere = await startEndpoint();
      endpoint.answer = answering(code, { location: elsewhere.url });
      const { delivery, record } = await attemptDelivery(attempt(), services());
      expect(delivery.kind).toBe("retry");
      expect(record).toMatchObject({ status: code, error: `answered ${code}; redirects are not followed` });
      expect(elsewhere.received).toEqual([]);
      await elsewhere.close();
    },
  );

  it("keeps 4 KB of an endless answer and lets go of the rest", async () => {
    const closed = new Promise<void>((resolve) => {
      endpoint.answer = (response) => {
        response.on("close", resolve);
        response.writeHead(200);
        const pour = () => {
          while (!response.destroyed && response.write("x".repeat(10_000)));
        };
        response.on("drain", pour);
        pour();
      };
    });
    const { delivery, record } = await attemptDelivery(attempt(), services());
    await closed;
    expect(delivery).toEqual({ kind: "delivered" });
    expect(record.answer).toBe("x".repeat(4_096));
  });

  it("counts a 2xx whose text never ends as success, for the status alone decides", async () => {
    endpoint.answer = (response) => response.writeHead(200).write("o");
    const { delivery, record } = await attemptDelivery(attempt(), services(), DEADLINE_MS);
    expect(delivery).toEqual({ kind: "delivered" });
    expect(record).toMatchObject({ status: 200, error: null, answer: "o", timedOut: false });
  });

  it("counts a 2xx whose text breaks off as success, and keeps what came of it", async () => {
    endpoint.answer = (response) =>
      response.writeHead(200, { "content-length": "100" }).write("beginning", () => response.destroy());
    const { delivery, record } = await attemptDelivery(attempt(), services());
    expect(delivery).toEqual({ kind: "delivered" });
    expect(record).toMatchObject({ status: 200, error: null, answer: "beginning" });
  });

  it("waits for an endpoint that is slow but within the deadline", async () => {
    endpoint.answer = (response) => void setTimeout(() => response.writeHead(200).end("at last"), DEADLINE_MS / 3);
    const { delivery, record } = await attemptDelivery(attempt(), services(), DEADLINE_MS);
    expect(delivery).toEqual({ kind: "delivered" });
    expect(record.durationMs).toBeGreaterThanOrEqual(DEADLINE_MS / 3 - 5);
  });

  it("begins the schedule anew after a replay, while the attempts are counted on", async () => {
    endpoint.answer = answering(500);
    expect((await attemptDelivery(attempt({ attempt: 11, attemptsBefore: 10 }), services())).delivery).toEqual({
      kind: "retry",
      afterMs: 5_000,
    });
  });

  it("keeps an answer that is not text in a form Postgres takes", async () => {
    endpoint.answer = (response) => response.writeHead(200).end(Buffer.from([0x61, 0x00, 0xff, 0x62]));
    expect((await attemptDelivery(attempt(), services())).record.answer).toBe("a\ufffd\ufffdb");
  });

  it.each([
    { header: "7", afterMs: 7_000, because: "within twice the scheduled 5 s" },
    { header: "3600", afterMs: 10_000, because: "twice the scheduled 5 s at most" },
    { header: "1", afterMs: 5_000, because: "never before the schedule" },
  ])("waits $afterMs ms when asked to wait $header s, $because", async ({ header, afterMs }) => {
    endpoint.answer = answering(429, { "retry-after": header });
    expect((await attemptDelivery(attempt(), services())).delivery).toEqual({ kind: "retry", afterMs });
  });

  it("ends with the tenth failure", async () => {
    endpoint.answer = answering(500);
    expect((await attemptDelivery(attempt({ attempt: 9 }), services())).delivery).toEqual({
      kind: "retry",
      afterMs: 86_400_000,
    });
    expect((await attemptDelivery(attempt({ attempt: 10 }), services())).delivery).toEqual({ kind: "exhausted" });
  });

  it("takes 410 as the endpoint's wish to be left alone, whichever attempt it is", async () => {
    endpoint.answer = answering(410);
    for (const number of [1, 10]) {
      const { delivery, record } = await attemptDelivery(attempt({ attempt: number }), services());
      expect(delivery).toEqual({ kind: "disabled", reason: "its endpoint answered 410 Gone" });
      expect(record).toMatchObject({ status: 410, error: "answered 410" });
    }
  });

  it.each([
    { url: "http://127.0.0.1:1/", allowLocalWebhooks: false },
    { url: "https://169.254.169.254/latest/meta-data/", allowLocalWebhooks: true },
    { url: "https://pulse.shop.com/v1/events", allowLocalWebhooks: true },
    { url: "not a url", allowLocalWebhooks: true },
  ])("never requests $url, though it is stored", async ({ url, allowLocalWebhooks }) => {
    const requested: unknown[] = [];
    const spy: typeof fetch = async (input) => {
      requested.push(input);
      return new Response();
    };
    const config = { allowLocalWebhooks, publicUrl: "https://pulse.shop.com" };
    const { delivery, record } = await attemptDelivery(attempt({ url }), services({ fetch: spy, config }));
    expect(requested).toEqual([]);
    expect(delivery).toEqual({ kind: "disabled", reason: expect.stringMatching(/^its URL must /) });
    expect(record).toMatchObject({ status: null, error: expect.stringMatching(/^the URL must /), answer: null });
  });

  it("sends nothing that it cannot sign", async () => {
    const { delivery, record } = await attemptDelivery(attempt({ secrets: [""] }), services());
    expect(delivery).toEqual({ kind: "retry", afterMs: 5_000 });
    expect(record.error).toBe("the request failed");
    expect(endpoint.received).toEqual([]);
  });
});
