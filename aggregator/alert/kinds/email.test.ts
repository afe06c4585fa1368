import { describe, expect, it } from "vitest";
import * as z from "zod";
import { email, RESEND_URL } from "./email.ts";
import type { Sending } from "./kind.ts";
import { orderData, sending } from "./test-sending.ts";

const Mail = z.strictObject({ from: z.string(), to: z.array(z.string()), subject: z.string(), text: z.string() });

function mailOf(over: Partial<Sending> = {}) {
  const settings = { from: "Pulse <alerts@shop.com>", to: ["a@shop.com", "b@shop.com"] };
  const { headers, body } = email.posting(sending({ secrets: ["re_12345678"], settings, ...over }), 0);
  return { headers, mail: Mail.parse(JSON.parse(body)) };
}

describe("email", () => {
  it("writes a plain text to the recipients, with the key in its header", () => {
    const { headers, mail } = mailOf();
    expect(headers["authorization"]).toBe("Bearer re_12345678");
    expect(mail).toEqual({
      from: "Pulse <alerts@shop.com>",
      to: ["a@shop.com", "b@shop.com"],
      subject: "Unusual purchase",
      text: [
        "Unusual purchase",
        "",
        "3 anomalies",
        "Event: purchase",
        "Value: 49.9 EUR",
        "Transaction: T-1",
        "Customer: u-1",
        "Score: 0.93",
        "• 14 orders with this card in 1 h",
        "",
        "anomaly.detected, 2026-11-21T10:00:00.123Z",
        "https://pulse.shop.com/v1/anomalies/ano_evt_1",
      ].join("\n"),
    });
  });

  it("keeps the subject to one line of 200 letters, whatever a customer wrote", () => {
    const data = orderData({ title: `a\r\nBcc: c@evil.example${"x".repeat(500)}` });
    const { subject } = mailOf({ alert: { ...sending().alert, data } }).mail;
    expect(subject).toMatch(/^a Bcc: c@evil\.examplex+…$/);
    expect(subject).toHaveLength(200);
  });

  it("has one idempotency key for all attempts, and another for a replay", () => {
    expect(mailOf().headers["idempotency-key"]).toBe("msg_1/0");
    expect(mailOf({ attemptsBefore: 10 }).headers["idempotency-key"]).toBe("msg_1/10");
  });

  it.each([
    { status: 200, answer: "", verdict: "taken", because: "it is accepted" },
    { status: 409, answer: '{"name":"invalid_idempotent_request"}', verdict: "taken", because: "it was before" },
    {
      status: 409,
      answer: '{"name":"concurrent_idempotent_requests"}',
      verdict: "refused",
      because: "it may fail yet",
    },
    { status: 401, answer: "", verdict: "refused", because: "a key can be put right" },
    { status: 422, answer: "", verdict: "refused", because: "an address can be put right" },
    { status: 429, answer: "", verdict: "refused", because: "it is too much" },
    { status: 500, answer: "", verdict: "refused", because: "it is broken" },
  ] as const)("takes $status $answer for $verdict, as $because", ({ status, answer, verdict }) => {
    expect(email.verdict(status, answer)).toBe(verdict);
  });

  it("is at Resend's own address alone", () => {
    expect(email.checkUrl(RESEND_URL)).toBeNull();
    expect(email.checkUrl(`${RESEND_URL}/batch`)).not.toBeNull();
  });
});
