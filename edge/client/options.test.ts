import { describe, expect, it } from "vitest";
import { formatKey } from "../../shared/keys.ts";
import { readOptions, type ClientOptions } from "./options.ts";
import { KEY } from "./test-client.ts";

const valid: ClientOptions = { endpoint: "https://events.example.com", key: KEY };

describe("readOptions", () => {
  it("takes every key that there is, and fills in what is left out or undefined", () => {
    const key = formatKey("secret", "abcdefghij012345", "Aa0".repeat(10).padEnd(32, "z"));
    const settings = readOptions({ ...valid, key, batchMs: 0, queueEvents: undefined as never });
    expect(settings).toMatchObject({ key, batchMs: 0, queueEvents: 10_000, batchEvents: 100, assessDeadlineMs: 800 });
  });

  it.each([
    "https://events.example.com",
    "https://events.example.com:8443/",
    "http://127.0.0.1:8787",
    "http://localhost:1",
    "http://edge.localhost",
    "http://[::1]:8787",
    new URL("https://a.b"),
  ])("takes the origin %s", (endpoint) => {
    expect(readOptions({ ...valid, endpoint }).endpoint.origin).toBe(new URL(endpoint).origin);
  });

  it.each([
    { because: "plain http shows the key on its way", change: { endpoint: "http://events.example.com" } },
    { because: "127.0.0.1.example.com is not this machine", change: { endpoint: "http://127.0.0.1.example.com" } },
    { because: "a path would be ignored", change: { endpoint: "https://example.com/events" } },
    { because: "a query would be ignored", change: { endpoint: "https://example.com/?a=1" } },
    { because: "an address may not hold credentials", change: { endpoint: "https://user:secret@example.com" } },
    { because: "only http is spoken", change: { endpoint: "file:///etc" } },
    { because: "it is no address", change: { endpoint: "events.example.com" } },
    { because: "a publishable key sees no assessment", change: { key: `pk_${KEY.slice(3)}` } },
    { because: "a header cannot carry a line break", change: { key: `${KEY}\n` } },
    { because: "there must be a key", change: { key: "" } },
    { because: "there must be a key", change: { key: undefined } },
    { because: "a batch holds an event", change: { batchEvents: 0 } },
    { because: "the edge takes 100", change: { batchEvents: 101 } },
    { because: "time does not go back", change: { batchMs: -1 } },
    { because: "it is no number", change: { expireMs: Number.NaN } },
    { because: "memory is bounded", change: { queueEvents: Infinity } },
    { because: "there must be a request", change: { requestsMost: 0.5 } },
  ])("refuses $change, as $because, and does not quote it", ({ change }) => {
    const [value] = Object.values(change);
    expect(() => readOptions({ ...valid, ...change } as ClientOptions)).toThrow(TypeError);
    try {
      readOptions({ ...valid, ...change } as ClientOptions);
    } catch (error) {
      if (typeof value === "string" && value !== "") expect(String(error)).not.toContain(value);
    }
  });
});
