import { describe, expect, it } from "vitest";
import { jsonBytes } from "../../shared/portions.ts";
import { enrich } from "../enrich.ts";
import { createPseudonymizer } from "../privacy.ts";
import { connectionOf, newState, StreamState } from "./state.ts";

/** What the platform keeps beside a socket at most. */
const ATTACHMENT_BYTES = 16_384;

const cf = {
  asOrganization: "Example Telecom",
  asn: 64500,
  city: "Berlin",
  colo: "TXL",
  country: "DE",
  httpProtocol: "HTTP/2",
  latitude: "52.52",
  longitude: "13.40",
  region: "Land Berlin",
  timezone: "Europe/Berlin",
  tlsClientCiphersSha1: "GXSPDLP4G3X+prK73a4wBuOaHRc=",
  tlsClientHelloLength: "508",
};
const fallbacks = {
  "cf-ipcity": "Berlin",
  "cf-ipcountry": "DE",
  "cf-iplatitude": "52.52",
  "cf-iplongitude": "13.40",
  "cf-region": "Land Berlin",
  "cf-timezone": "Europe/Berlin",
};
const own = {
  "cf-connecting-ip": "203.0.113.7",
  "user-agent":
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
};

/** As the platform brings a state back to an object that slept. */
function awake(state: StreamState): StreamState {
  return StreamState.parse(structuredClone(state));
}

describe("StreamState", () => {
  it.each([
    { headers: own, facts: cf, because: "all facts of the platform" },
    { headers: { ...own, ...fallbacks }, facts: undefined, because: "headers in their place" },
  ])("tells enrichment all that the request told, after a sleep too: $because", async ({ headers, facts }) => {
    const request = { headers: new Headers({ ...headers, cookie: "a=b", authorization: "Bearer x" }), cf: facts };
    const slept = connectionOf(awake(newState(request, 0)));
    const signals = (connection: typeof request | typeof slept) => {
      const event = { id: "evt_00000001", name: "page_view" };
      const hash = createPseudonymizer("5a".repeat(32));
      return enrich(event, "2026-11-21T10:00:00.000Z", "publishable", connection, hash).signals;
    };
    const told = signals(request);
    expect(Object.keys(told).length).toBeGreaterThan(10);
    expect(signals(slept)).toEqual(told);
  });

  it("keeps neither cookies nor credentials", () => {
    const headers = new Headers({ ...own, cookie: "session=hunter2", authorization: "Bearer hunter2" });
    expect(JSON.stringify(newState({ headers, cf: { botManagement: "hunter2" } }, 0))).not.toContain("hunter2");
  });

  it("fits beside the socket, whatever a stranger sends", () => {
    const long = "\u00ff".repeat(20_000);
    const headers = new Headers(
      Object.keys({ ...own, ...fallbacks, origin: "" }).map((name): [string, string] => [name, long]),
    );
    const wide = "\u4e16".repeat(20_000);
    const state = newState({ headers, cf: Object.fromEntries(Object.keys(cf).map((name) => [name, wide])) }, 0);
    const key = { id: "k".repeat(16), digest: "0".repeat(64), expires_at: "2026-11-21T10:00:00.000Z" };
    const full = { ...state, key: { ...key, kind: "secret" as const, role: "operator" as const, origins: [] } };
    expect(jsonBytes(full)).toBeLessThan(ATTACHMENT_BYTES); // in UTF-8 it is longer than in the platform's own form
  });

  it("is refused when it is not what was kept, rather than misread", () => {
    expect(StreamState.safeParse({ requestId: "req_1" }).success).toBe(false);
  });
});
