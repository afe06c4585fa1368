import { describe, expect, it } from "vitest";
import * as z from "zod";
import { slack, withoutSecret } from "./slack.ts";
import { eventlessData, orderData, sending } from "./test-sending.ts";

const Text = z.object({ type: z.string(), text: z.string() });
const Message = z.object({
  text: z.string(),
  blocks: z.array(z.object({ type: z.string(), text: Text.optional(), elements: z.array(Text).optional() })),
});

function messageOf(data: unknown) {
  const { body } = slack.posting(sending({ alert: { ...sending().alert, data } }), 0);
  return Message.parse(JSON.parse(body));
}

describe("slack", () => {
  it("writes a header, the facts, and a link to more", () => {
    const { text, blocks } = messageOf(orderData());
    expect(text).toBe("Unusual purchase");
    expect(blocks.map((block) => block.text?.text ?? block.elements?.[0]?.text)).toEqual([
      "Unusual purchase",
      "3 anomalies\nEvent: purchase\nValue: 49.9 EUR\nTransaction: T-1\nCustomer: u-1\nScore: 0.93\n• 14 orders with this card in 1 h",
      "anomaly.detected · 2026-11-21T10:00:00.123Z · <https://pulse.shop.com/v1/anomalies/ano_evt_1|Details>",
    ]);
  });

  it("escapes what a customer wrote, so that it can neither call a channel nor pass for a link", () => {
    const { text, blocks } = messageOf(
      orderData({ title: "<!channel> & co", details: ["<https://evil.example|Details>"] }),
    );
    expect(text).toBe("&lt;!channel&gt; &amp; co");
    expect(blocks[0]?.text).toMatchObject({ type: "plain_text", text: "&lt;!channel&gt; &amp; co" });
    expect(blocks[1]?.text?.text).toContain("• &lt;https://evil.example|Details&gt;");
  });

  it("keeps to the lengths Slack takes, escapes included", () => {
    const { text, blocks } = messageOf(
      orderData({ title: "<".repeat(5_000), details: Array<string>(20).fill("&".repeat(500)) }),
    );
    expect(text.length).toBeLessThanOrEqual(3_000);
    expect(blocks[0]?.text?.text.length).toBeLessThanOrEqual(150);
    expect(blocks[1]?.text?.text.length).toBeLessThanOrEqual(3_000);
    expect(blocks[0]?.text?.text).toMatch(/^(?:&lt;)+…$/);
  });

  it("leaves out the facts of an alert that has none, as Slack takes no empty text", () => {
    expect(messageOf(eventlessData()).blocks.map(({ type }) => type)).toEqual(["header", "context"]);
  });

  it.each([
    { status: 200, answer: "ok", verdict: "taken" },
    { status: 204, answer: "", verdict: "refused" },
    { status: 400, answer: "invalid_payload", verdict: "refused" },
    { status: 403, answer: "action_prohibited", verdict: "refused" },
    { status: 404, answer: "channel_not_found", verdict: "refused" },
    { status: 404, answer: "no_service", verdict: "gone" },
    { status: 410, answer: "channel_is_archived", verdict: "gone" },
    { status: 429, answer: "", verdict: "refused" },
    { status: 500, answer: "rollup_error", verdict: "refused" },
  ] as const)("takes $status $answer for $verdict", ({ status, answer, verdict }) => {
    expect(slack.verdict(status, answer)).toBe(verdict);
  });

  it.each([
    "https://hooks.slack.com/services/T0/B0/abcDEF123?x",
    "https://hooks.slack.com/services/T0/B0/",
    "https://hooks.slack.com/workflows/T0/B0/abc",
    "https://hooks.slack.com:8443/services/T0/B0/abc",
    "https://hooks.slack.com.example.com/services/T0/B0/abc",
    "https://example.com/https://hooks.slack.com/services/T0/B0/abc",
  ])("has no channel at %s", (url) => {
    expect(slack.checkUrl(url)).not.toBeNull();
  });

  it("shows of a URL what does not let anybody post", () => {
    const url = "https://hooks.slack.com/services/T0/B0/abcDEF123";
    expect(slack.checkUrl(url)).toBeNull();
    expect(withoutSecret(url)).toBe("https://hooks.slack.com/services/T0/B0/…");
  });
});
