import { describe, expect, it } from "vitest";
import type { WrittenMessage } from "./publish.ts";
import { sendAll } from "./send-all.ts";

/** A message of so many bytes; what it says is of no matter here. */
const message = (text: string, bytes: number): WrittenMessage => ({ text, bytes, urgent: false });

function queue() {
  const calls: string[][] = [];
  return {
    calls,
    send: async (body: string) => void calls.push([body]),
    sendBatch: async (batch: Iterable<MessageSendRequest<string>>) =>
      void calls.push([...batch].map(({ body }) => body)),
  };
}

// The methods' answers are not looked at, so what they resolve to does not matter.
type Sender = Parameters<typeof sendAll>[0];

describe("sendAll", () => {
  it("sends a lone message by itself", async () => {
    const to = queue();
    expect(await sendAll(to as unknown as Sender, [message("a", 10)])).toEqual([true]);
    expect(to.calls).toEqual([["a"]]);
  });

  it("keeps each call below 100 messages and 256 KB, and every message in order", async () => {
    const to = queue();
    const many = Array.from({ length: 250 }, (_each, index) => message(`m${index}`, 100));
    await sendAll(to as unknown as Sender, many);
    expect(to.calls.map((call) => call.length)).toEqual([100, 100, 50]);
    expect(to.calls.flat()).toEqual(many.map(({ text }) => text));

    const larger = queue();
    await sendAll(
      larger as unknown as Sender,
      Array.from({ length: 29 }, (_each, index) => message(`l${index}`, 19_000)),
    );
    expect(larger.calls.map((call) => call.length)).toEqual([12, 12, 5]);
  });

  it("sends large messages by themselves, as a batch writes them as base64", async () => {
    const to = queue();
    const sizes = [59_000, 100, 20_000, 19_999, 240_000];
    await sendAll(
      to as unknown as Sender,
      sizes.map((bytes) => message(String(bytes), bytes)),
    );
    expect(to.calls).toEqual([["59000"], ["20000"], ["240000"], ["100", "19999"]]);
  });

  it("fails when a call fails, so that nothing is answered that is not on the queue", async () => {
    const away = { send: () => Promise.reject(new Error("away")), sendBatch: () => Promise.reject(new Error("away")) };
    await expect(sendAll(away, [message("a", 1)])).rejects.toThrow("away");
    await expect(sendAll(away, [message("a", 1), message("b", 1)])).rejects.toThrow("away");
  });
});
