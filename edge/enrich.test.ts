import { describe, expect, it } from "vitest";
import { Event } from "../shared/event.ts";
import { Signals } from "../shared/signals.ts";
import { enrich } from "./enrich.ts";
import { createPseudonymizer } from "./privacy.ts";

const TIMESTAMP = "2026-11-21T10:00:00.000Z";
const AGENT =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4.1 Mobile/15E148 Safari/604.1";
const pseudonymize = createPseudonymizer("5a".repeat(32));

const CF = {
  country: "DE",
  region: "Bavaria",
  city: "München",
  timezone: "Europe/Berlin",
  latitude: "48.13743",
  longitude: "11.57549",
  asn: 3320,
  asOrganization: "Example Telecom",
  colo: "MUC",
  tlsClientCiphersSha1: "GXSPDLP4G3X+prK73a4wBuOaHRc=",
  tlsClientHelloLength: "508",
  httpProtocol: "HTTP/2",
};

interface Arrival {
  source?: "publishable" | "secret";
  headers?: Record<string, string>;
  cf?: Record<string, unknown>;
}

function arrive(event: Record<string, unknown>, { source = "publishable", headers = {}, cf }: Arrival = {}) {
  const parsed = Event.parse({ id: "evt_00000001", name: "login", ...event });
  return enrich(parsed, TIMESTAMP, source, { headers: new Headers(headers), cf }, pseudonymize);
}

const from = async (address: string, source: "publishable" | "secret" = "publishable") => {
  const arrival: Arrival = source === "secret" ? { source } : { headers: { "cf-connecting-ip": address } };
  return (await arrive(source === "secret" ? { context: { ip: address } } : {}, arrival)).signals.ip_hash;
};

describe("enrich", () => {
  it("takes from the connection of a shopper what Cloudflare knows of it", async () => {
    const { signals } = await arrive({}, { headers: { "user-agent": AGENT, "cf-connecting-ip": "192.0.2.1" }, cf: CF });
    expect(signals).toEqual({
      country: "DE",
      region: "Bavaria",
      city: "München",
      timezone: "Europe/Berlin",
      latitude: 48.13743,
      longitude: 11.57549,
      asn: 3320,
      as_organization: "Example Telecom",
      colo: "MUC",
      tls_class: expect.stringMatching(/^[0-9a-f]{8}$/),
      ip_hash: expect.stringMatching(/^[0-9a-f]{32}$/),
      browser: "Safari",
      os: "iOS",
      device_class: "mobile",
      bot: false,
    });
    expect(Signals.safeParse(signals).success).toBe(true);
  });

  it("falls back to Cloudflare's headers where request.cf says nothing", async () => {
    const headers = {
      "cf-ipcountry": "FR",
      "cf-region": "Ile-de-France",
      "cf-ipcity": "Paris",
      "cf-timezone": "Europe/Paris",
      "cf-iplatitude": "48.85",
      "cf-iplongitude": "2.35",
    };
    expect((await arrive({}, { headers, cf: { colo: "CDG" } })).signals).toEqual({
      country: "FR",
      region: "Ile-de-France",
      city: "Paris",
      timezone: "Europe/Paris",
      latitude: 48.85,
      longitude: 2.35,
      colo: "CDG",
    });
    const { signals } = await arrive({}, { headers, cf: CF });
    expect(signals).toMatchObject({ country: "DE", latitude: 48.13743 });
  });

  it("knows nothing of a connection that says nothing, and goes on", async () => {
    expect((await arrive({})).signals).toEqual({});
    expect((await arrive({}, { cf: {} })).signals).toEqual({});
  });

  it.each([
    { latitude: "north", longitude: "" },
    { latitude: "90.1", longitude: "-180.5" },
    { latitude: NaN, longitude: Infinity },
    { latitude: " ", longitude: null },
    { latitude: {}, longitude: [] },
  ])("claims no place from $latitude / $longitude", async (cf) => {
    expect((await arrive({}, { cf })).signals).toEqual({});
  });

  it("takes the poles and the date line for the places they are", async () => {
    const cf = { latitude: "-90", longitude: 180 };
    expect((await arrive({}, { cf })).signals).toEqual({ latitude: -90, longitude: 180 });
  });

  it.each([{ asn: "3320" }, { asn: 1.5 }, { country: "" }, { city: 7 }, { tlsClientCiphersSha1: "" }])(
    "leaves out what has not its form: %j",
    async (cf) => {
      expect((await arrive({}, { cf })).signals).toEqual({});
    },
  );

  it("takes nothing but the answering location from a server's connection, which is not the shopper's", async () => {
    const headers = { "user-agent": "shop-server/1.0", "cf-connecting-ip": "192.0.2.1", "cf-ipcountry": "US" };
    expect((await arrive({}, { source: "secret", headers, cf: CF })).signals).toEqual({ colo: "MUC" });
  });

  it("takes from a server what it says of the shopper", async () => {
    const context = { ip: "192.0.2.1", user_agent: AGENT, geo: { country: "AT", city: "Wien", latitude: 48.2 } };
    const { signals } = await arrive({ context }, { source: "secret", cf: CF });
    expect(signals).toEqual({
      country: "AT",
      city: "Wien",
      latitude: 48.2,
      browser: "Safari",
      os: "iOS",
      device_class: "mobile",
      bot: false,
      colo: "MUC",
      ip_hash: await from("192.0.2.1"),
    });
  });

  it("sees one network in a /24 or /64 and another beside it, however it is written", async () => {
    const v4 = await from("192.0.2.1");
    for (const same of ["192.0.2.255", "::ffff:192.0.2.7", "::ffff:c000:0201"])
      expect(await from(same, "secret")).toBe(v4);
    const v6 = await from("2001:db8:0:1::1");
    expect(await from("2001:0DB8:0000:0001:ffff::", "secret")).toBe(v6);
    const others = await Promise.all([
      from("192.0.3.1"),
      from("192.1.2.1"),
      from("2001:db8:0:2::1"),
      from("2001:db8:1:1::1"),
    ]);
    expect(new Set([v4, v6, ...others]).size).toBe(6);
    expect(await from("unknown")).toBeUndefined();
  });

  it("sees one device class in the same TLS hello, a padding apart, and another in other ciphers", async () => {
    const of = async (changes: Record<string, unknown>) =>
      (await arrive({}, { cf: { ...CF, ...changes } })).signals.tls_class;
    expect(await of({ tlsClientHelloLength: "510" })).toBe(await of({}));
    expect(await of({ tlsClientHelloLength: "1800" })).not.toBe(await of({}));
    expect(await of({ tlsClientCiphersSha1: "other" })).not.toBe(await of({}));
  });

  it("keeps an event without e-mail, address and the sender's clock, with its corrected time", async () => {
    const { event } = await arrive(
      {
        email: "Ann+shop@Shop.Example",
        sent_at: TIMESTAMP,
        timestamp: "2020-01-01T00:00:00Z",
        context: { ip: "192.0.2.1", locale: "de" },
      },
      { source: "secret" },
    );
    expect(event).toEqual({
      id: "evt_00000001",
      name: "login",
      timestamp: TIMESTAMP,
      context: { locale: "de" },
      email_hash: await pseudonymize("email", "ann+shop@shop.example"),
      email_domain: "shop.example",
    });
  });

  it("knows an e-mail again in any case", async () => {
    const hash = async (email: string) => (await arrive({ email })).event.email_hash;
    expect(await hash("Ann@Shop.Example")).toBe(await hash("ann@shop.example"));
  });

  it("cuts what a header may be long", async () => {
    const { signals } = await arrive({}, { cf: { city: "x".repeat(5_000) } });
    expect(signals.city?.length).toBe(200);
  });
});
