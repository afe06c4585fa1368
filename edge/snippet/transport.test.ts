import { describe, expect, it } from "vitest";
import { HOUR_MS } from "./limits.ts";
import { createTransport } from "./transport.ts";

const EVENTS = new URL("https://edge.example/v1/events/batch");

function transport({ fetch, sendBeacon }: { fetch?: unknown; sendBeacon?: unknown }) {
  const page = { fetch, navigator: { sendBeacon }, AbortSignal };
  return createTransport(EVENTS, page as unknown as Window & typeof globalThis); // all of a page that is used
}
const answering = (response: () => Response) => transport({ fetch: async () => response() });

describe("post", () => {
  it("sends text without cookies, so that the browser need not ask first", async () => {
    const asked: [URL, RequestInit][] = [];
    const fetch = async (url: URL, init: RequestInit) => {
      asked.push([url, init]);
      return Response.json({ results: [{ status: "accepted" }] });
    };
    const answer = await transport({ fetch }).post("{}", true);
    expect(answer).toEqual({ status: 200, results: [{ status: "accepted" }], afterMs: 0 });
    const { signal, ...init } = asked[0]?.[1] || {};
    expect([asked[0]?.[0], init]).toEqual([
      EVENTS,
      { method: "POST", body: "{}", keepalive: true, credentials: "omit" },
    ]);
    expect(signal).toBeInstanceOf(AbortSignal);
  });

  it.each([
    { header: "120", afterMs: 120_000, because: "in seconds" },
    { header: "0", afterMs: 0, because: "at once" },
    { header: "999999", afterMs: HOUR_MS, because: "no longer than an hour" },
    { header: "soon", afterMs: 0, because: "not a number" },
  ])("reads Retry-After: $header, $because", async ({ header, afterMs }) => {
    const refuse = () => new Response("{}", { status: 429, headers: { "retry-after": header } });
    expect(await answering(refuse).post("{}", true)).toEqual({ status: 429, results: false, afterMs });
  });

  it.each([
    { fetch: () => Promise.reject(new TypeError("offline")), because: "there is no network" },
    {
      fetch: () => {
        throw new Error("broken");
      },
      because: "the page broke fetch",
    },
    { fetch: () => undefined, because: "the page replaced fetch" },
    { fetch: undefined, because: "the page removed fetch" },
    { fetch: async () => new Response("<html>Sign in"), because: "somebody else answers, such as a hotel" },
  ])("never throws: $because", async ({ fetch }) => {
    expect(await transport({ fetch }).post("{}", true)).toEqual({ status: 0, afterMs: 0 });
  });
});

describe("beacon", () => {
  it.each([
    { sendBeacon: () => true, isTaken: true, because: "the browser took it" },
    { sendBeacon: () => false, isTaken: false, because: "the browser refused it" },
    {
      sendBeacon: () => {
        throw new Error("blocked");
      },
      isTaken: false,
      because: "a blocker throws",
    },
  ])("answers $isTaken when $because", ({ sendBeacon, isTaken }) => {
    expect(transport({ sendBeacon }).beacon("{}")).toBe(isTaken);
  });
});
