import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { openReceiver, type ReceivedWebhook, type Receiver } from "./receiver.ts";

const newSecret = () => `whsec_${randomBytes(24).toString("base64")}`;
const Received = z.object({
  data: z.array(
    z.object({
      received_at: z.iso.datetime({ precision: 3 }),
      headers: z.record(z.string(), z.string()),
      body: z.unknown(),
    }),
  ),
});

let secrets: string[];
let seen: ReceivedWebhook[];
let receiver: Receiver;

beforeEach(async () => {
  secrets = [newSecret()];
  seen = [];
  receiver = await openReceiver({
    secrets: () => secrets,
    onWebhook: (webhook) => seen.push(webhook),
  });
});
afterEach(() => receiver.close());

interface Sending {
  id?: string;
  body?: string;
  secret?: string;
  at?: Date;
  path?: string;
}

function send(sending: Sending = {}) {
  const { id = "msg_1", body = '{"type":"webhook.test"}', at = new Date() } = sending;
  const { secret = secrets[0] ?? "", path = "/any/path" } = sending;
  const headers = {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": new Webhook(secret).sign(id, at, body),
  };
  return fetch(new URL(path, receiver.url), { method: "POST", headers, body });
}

async function received() {
  const answer = await fetch(new URL("/received", receiver.url));
  return Received.parse(await answer.json()).data;
}

describe("openReceiver", () => {
  it("answers 204 to a signed request and keeps what it said", async () => {
    expect((await send({ id: "msg_7", body: '{"type":"x","data":{"ü":1}}' })).status).toBe(204);
    const [webhook] = await received();
    expect(webhook?.body).toEqual({ type: "x", data: { ü: 1 } });
    expect(webhook?.headers["webhook-id"]).toBe("msg_7");
    expect(seen).toEqual([webhook]);
  });

  it("takes any of the current secrets, as during a rotation, and no former one", async () => {
    const [former = ""] = secrets;
    const current = newSecret();
    secrets = [former, current];
    expect((await send({ secret: current })).status).toBe(204);
    expect((await send({ secret: former })).status).toBe(204);
    secrets = [current];
    expect((await send({ secret: former })).status).toBe(401);
  });

  it.each([
    { because: "it is signed with another secret", sending: { secret: newSecret() } },
    { because: "it is 6 minutes old", sending: { at: new Date(Date.now() - 360_000) } },
    { because: "it is 6 minutes early", sending: { at: new Date(Date.now() + 360_000) } },
  ])("answers 401 and keeps nothing when $because", async ({ sending }) => {
    expect((await send(sending)).status).toBe(401);
    expect(await received()).toEqual([]);
    expect(seen).toEqual([]);
  });

  it("answers 401 to a request without a signature, and when there is no secret yet", async () => {
    expect((await fetch(receiver.url, { method: "POST", body: "{}" })).status).toBe(401);
    const secret = newSecret();
    secrets = [];
    expect((await send({ secret })).status).toBe(401);
  });

  it("answers 400 to a signed body that is not JSON", async () => {
    expect((await send({ body: "not json" })).status).toBe(400);
    expect(await received()).toEqual([]);
  });

  it("answers 413 to more than 1 MB", async () => {
    expect((await send({ body: JSON.stringify("x".repeat(1_000_000)) })).status).toBe(413);
    expect((await send({ body: JSON.stringify("x".repeat(999_000)) })).status).toBe(204);
  });

  it("keeps the last 1,000, newest last", async () => {
    for (let i = 0; i < 1_010; i += 10) {
      await Promise.all([send({ id: `msg_${i}` }), ...Array.from({ length: 9 }, () => send())]);
    }
    const ids = (await received()).map(({ headers }) => headers["webhook-id"]);
    expect(ids).toHaveLength(1_000);
    expect(ids).not.toContain("msg_0");
    expect(ids.slice(-10)).toContain("msg_1000");
  });

  it("answers the status it is told to, and keeps the requests, so that retries can be counted", async () => {
    receiver.respondWith(500);
    expect((await send()).status).toBe(500);
    expect((await send()).status).toBe(500);
    receiver.respondWith(null);
    expect((await send()).status).toBe(204);
    expect(await received()).toHaveLength(3);
  });

  it("answers 404 to anything else", async () => {
    expect((await fetch(receiver.url)).status).toBe(404);
    const put = await fetch(new URL("/received", receiver.url), { method: "PUT" });
    expect(put.status).toBe(404);
  });

  it("closes even while a sender holds a request open", async () => {
    const socket = connect(Number(receiver.url.port), "127.0.0.1");
    socket.on("error", () => {});
    socket.write("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n12345");
    await new Promise((resolve) => setTimeout(resolve, 50));
    await receiver.close();
    socket.destroy();
  });
});
