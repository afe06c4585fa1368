import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { signatureHeaders } from "./sign.ts";
import vectors from "./sign.vectors.json" with { type: "json" };

const { rotation } = vectors;

describe("signatureHeaders", () => {
  it.each(vectors.published)("signs as $source does", ({ secret, id, timestamp, body, signature }) => {
    expect(signatureHeaders({ id, timestampMs: timestamp * 1000, body, secrets: [secret] })).toEqual({
      "webhook-id": id,
      "webhook-timestamp": String(timestamp),
      "webhook-signature": signature,
    });
  });

  it("signs with the new and the old secret during a rotation, in that order", () => {
    const { id, timestamp, body, secret, previous_secret, signature } = rotation;
    const headers = signatureHeaders({ id, timestampMs: timestamp * 1000, body, secrets: [secret, previous_secret] });
    expect(headers["webhook-signature"]).toBe(signature);
  });

  it.each([rotation.secret, rotation.previous_secret])("is verified by a receiver that holds only %s", (held) => {
    const body = '{"type":"anomaly.detected","data":{"detail":"größer als üblich"}}';
    const headers = signatureHeaders({
      id: "msg_1",
      timestampMs: Date.now(),
      body,
      secrets: [rotation.secret, rotation.previous_secret],
    });
    expect(new Webhook(held).verify(body, headers)).toEqual(JSON.parse(body));
  });

  it("signs the whole second that the header names, so that a receiver computes the same", () => {
    const { id, timestamp, body, secret } = rotation;
    const onTheSecond = signatureHeaders({ id, timestampMs: timestamp * 1000, body, secrets: [secret] });
    expect(signatureHeaders({ id, timestampMs: timestamp * 1000 + 999, body, secrets: [secret] })).toEqual(onTheSecond);
  });

  it.each([
    { secrets: [""] as const, because: "it is empty" },
    { secrets: ["whsec_"] as const, because: "nothing follows the prefix" },
    { secrets: [rotation.secret, ""] as const, because: "the previous one is empty" },
    { secrets: ["whsec_not base64!"] as const, because: "it is not base64" },
  ])("refuses a secret where $because, rather than send what anyone could sign", ({ secrets }) => {
    expect(() => signatureHeaders({ id: "msg_1", timestampMs: 0, body: "{}", secrets })).toThrow();
  });
});
