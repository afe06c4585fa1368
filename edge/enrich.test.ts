import { describe, expect, it } from "vitest";
import { Event, KeptEvent } from "../shared/event.ts";
import { pick, seededRandom } from "../shared/random.ts";
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

const from = (address: string, source: "publishable" | "secret" = "publishable") => {
  const arrival: Arrival = source === "secret" ? { source } : { headers: { "cf-connecting-ip": address } };
  return arrive(source === "secret" ? { context: { ip: address } } : {}, arrival).signals.ip_hash;
};

describe("enrich", () => {
  it("takes from the connection of a shopper what Cloudflare knows of it", () => {
    const { signals } = arrive({}, { headers: { "user-agent": AGENT, "cf-connecting-ip": "192.0.2.1" }, cf: CF });
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

  it("falls back to Cloudflare's headers where request.cf says nothing", () => {
    const headers = {
      "cf-ipcountry": "FR",
      "cf-region": "Ile-de-France",
      "cf-ipcity": "Paris",
      "cf-timezone": "Europe/Paris",
      "cf-iplatitude": "48.85",
      "cf-iplongitude": "2.35",
    };
    expect(arrive({}, { headers, cf: { colo: "CDG" } }).signals).toEqual({
      country: "FR",
      region: "Ile-de-France",
      city: "Paris",
      timezone: "Europe/Paris",
      latitude: 48.85,
      longitude: 2.35,
      colo: "CDG",
    });
    const { signals } = arrive({}, { headers, cf: CF });
    expect(signals).toMatchObject({ country: "DE", latitude: 48.13743 });
  });

  it("knows nothing of a connection that says nothing, and goes on", () => {
    expect(arrive({}).signals).toEqual({});
    expect(arrive({}, { cf: {} }).signals).toEqual({});
  });

  it.each([
    { latitude: "north", longitude: "" },
    { latitude: "90.1", longitude: "-180.5" },
    { latitude: NaN, longitude: Infinity },
    { latitude: " ", longitude: null },
    { latitude: {}, longitude: [] },
  ])("claims no place from $latitude / $longitude", (cf) => {
    expect(arrive({}, { cf }).signals).toEqual({});
  });

  it("takes the poles and the date line for the places they are", () => {
    const cf = { latitude: "-90", longitude: 180 };
    expect(arrive({}, { cf }).signals).toEqual({ latitude: -90, longitude: 180 });
  });

  it.each([{ asn: "3320" }, { asn: 1.5 }, { country: "" }, { city: 7 }, { tlsClientCiphersSha1: "" }])(
    "leaves out what has not its form: %j",
    (cf) => {
      expect(arrive({}, { cf }).signals).toEqual({});
    },
  );

  it("takes nothing but the answering location from a server's connection, which is not the shopper's", () => {
    const headers = { "user-agent": "shop-server/1.0", "cf-connecting-ip": "192.0.2.1", "cf-ipcountry": "US" };
    expect(arrive({}, { source: "secret", headers, cf: CF }).signals).toEqual({ colo: "MUC" });
  });

  it("takes from a server what it says of the shopper", () => {
    const context = { ip: "192.0.2.1", user_agent: AGENT, geo: { country: "AT", city: "Wien", latitude: 48.2 } };
    const { signals } = arrive({ context }, { source: "secret", cf: CF });
    expect(signals).toEqual({
      country: "AT",
      city: "Wien",
      latitude: 48.2,
      browser: "Safari",
      os: "iOS",
      device_class: "mobile",
      bot: false,
      colo: "MUC",
      ip_hash: from("192.0.2.1"),
    });
  });

  it("sees one network in a /24 or /64 and another beside it, however it is written", () => {
    const v4 = from("192.0.2.1");
    for (const same of ["192.0.2.255", "::ffff:192.0.2.7", "::ffff:c000:0201"]) expect(from(same, "secret")).toBe(v4);
    const v6 = from("2001:db8:0:1::1");
    expect(from("2001:0DB8:0000:0001:ffff::", "secret")).toBe(v6);
    const others = [from("192.0.3.1"), from("192.1.2.1"), from("2001:db8:0:2::1"), from("2001:db8:1:1::1")];
    expect(new Set([v4, v6, ...others]).size).toBe(6);
    expect(from("unknown")).toBeUndefined();
  });

  it("sees one device class in the same TLS hello, a padding apart, and another in other ciphers", () => {
    const of = (changes: Record<string, unknown>) => arrive({}, { cf: { ...CF, ...changes } }).signals.tls_class;
    expect(of({ tlsClientHelloLength: "510" })).toBe(of({}));
    expect(of({ tlsClientHelloLength: "1800" })).not.toBe(of({}));
    expect(of({ tlsClientCiphersSha1: "other" })).not.toBe(of({}));
  });

  it("keeps an event without e-mail, address and the sender's clock, with its corrected time", () => {
    const { event } = arrive(
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
      email_hash: pseudonymize("email", "ann+shop@shop.example"),
      email_domain: "shop.example",
    });
  });

  it("knows an e-mail again in any case", () => {
    const hash = (email: string) => arrive({ email }).event.email_hash;
    expect(hash("Ann@Shop.Example")).toBe(hash("ann@shop.example"));
  });

  it("tells of the events of one connection what it tells of each alone", () => {
    const headers = new Headers({ "cf-connecting-ip": "203.0.113.9", "user-agent": AGENT });
    const connection = { headers, cf: { ...CF, city: "to 198.51.100.7" } };
    const addresses = ["192.0.2.1", "192.0.2.77", "2001:db8::1", "::ffff:192.0.2.5", "192.0.2.1", undefined];
    for (const source of ["secret", "publishable"] as const) {
      for (const [index, ip] of [...addresses, ...addresses].entries()) {
        const context = ip === undefined || source === "publishable" ? undefined : { ip, user_agent: AGENT };
        const event = Event.parse({
          id: `evt_0000000${index}`,
          name: "login",
          email: `${index}@shop.example`,
          context,
        });
        const alone = enrich(event, TIMESTAMP, source, { ...connection }, pseudonymize);
        expect(enrich(event, TIMESTAMP, source, connection, pseudonymize)).toEqual(alone);
      }
    }
  });

  it("cuts what a header may be long", () => {
    const { signals } = arrive({}, { cf: { city: "x".repeat(5_000) } });
    expect(signals.city?.length).toBe(200);
  });
});

describe("what is private in an event's texts", () => {
  const OWN = "203.0.113.77";
  const EMAIL = "marked.shopper@private.example";
  const headers = { "cf-connecting-ip": OWN, "user-agent": AGENT };

  /** Every field an event can have, with nothing private but in `email` and `context.ip`. */
  const WHOLE = {
    id: "evt_00000001",
    name: "purchase",
    timestamp: TIMESTAMP,
    sent_at: TIMESTAMP,
    client_id: "1234567890.1732183200",
    session_id: "0c6f3a52-9d1b-4b7e-8a51-2f6f0c9f1f77",
    user_id: "customer-1",
    email: EMAIL,
    value: 49.9,
    currency: "EUR",
    tax: 7.97,
    shipping: 4.9,
    coupon: "AUTUMN10",
    transaction_id: "T-2026-000123",
    items: [{ item_id: "4006381333931", item_name: "Mug 0.3 l", item_category: "Kitchen", price: 19.9, quantity: 2 }],
    payment: {
      method: "card",
      card_fingerprint: "fp_1N3T00LkdIwHu7ix",
      bin: "424242",
      card_country: "DE",
      outcome: "declined",
      decline_code: "do_not_honor",
    },
    shipping_address: { country: "DE", postal_code: "10115" },
    billing_address: { country: "AT", postal_code: "1010" },
    context: {
      page: { url: "https://shop.example/thanks?order=T-1", referrer: "https://shop.example/", title: "Thanks" },
      locale: "de-DE",
      screen: { width: 390, height: 844 },
      ip: OWN,
      user_agent: AGENT,
      geo: { country: "DE", region: "Bavaria", city: "München", latitude: 48.1, longitude: 11.6 },
    },
    properties: { plan: "gold", "time of day": "10:00:00", nested: { list: ["a", { deep: "b" }], version: "1.2.3.4" } },
  };

  /** What is of a form that nothing private fits into, or is not kept, or is what events are known by. */
  const FORMED = new Set([
    "/id",
    "/name",
    "/timestamp",
    "/sent_at",
    "/email",
    "/currency",
    "/payment/bin",
    "/payment/card_country",
    "/payment/outcome",
    "/shipping_address/country",
    "/billing_address/country",
    "/context/ip",
    "/context/geo/country",
  ]);

  type Json = { [key: string]: Json } | Json[] | string | number;

  /** The value with each of its texts and, under `properties`, names as `change` has it. */
  function changed(value: Json, change: (text: string, path: string) => string, path = ""): Json {
    if (typeof value === "string") return change(value, path);
    if (typeof value === "number") return value;
    if (Array.isArray(value)) return value.map((each, index) => changed(each, change, `${path}/${index}`));
    const isFree = path.startsWith("/properties");
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [
        isFree ? change(name, `${path}/${name}#`) : name,
        changed(each, change, `${path}/${name}`),
      ]),
    );
  }

  function places(value: Json): string[] {
    const found: string[] = [];
    changed(value, (text, path) => {
      if (!FORMED.has(path)) found.push(path);
      return text;
    });
    return found;
  }

  const planted = (plant: (text: string) => string, at: (path: string) => boolean) =>
    Event.parse(changed(WHOLE, (text, path) => (at(path) && !FORMED.has(path) ? plant(text) : text)));

  const enriched = (event: Event, cf?: Record<string, unknown>) =>
    enrich(event, TIMESTAMP, "secret", { headers: new Headers(headers), cf }, pseudonymize);

  const MARKED = [
    EMAIL,
    "Marked.Shopper@PRIVATE.example",
    "marked.shopper%40private.example",
    "marked.shopper%2540private.example",
    "4111111111111111",
    "4111 1111 1111 1111",
    "4111-1111-1111-1111",
    "4111%201111%201111%201111",
    "4111+1111+1111+1111",
    OWN,
    "203-0-113-77",
    `::ffff:${OWN}`,
  ];
  const TRACES = /marked.{0,3}shopper|4111.{0,3}(?:1111.{0,3}){3}|203.0.113.77/i;
  const AROUND = ["", " ", "to ", "?a=", "&b=", "%3D", "(", '"', ",", "https://shop.example/?x=", "\n"];

  const random = seededRandom(20_261_121);
  const around = (marked: string) =>
    `${pick(random, AROUND)}${marked}${pick(random, ["", " ", "&c=1", ")", ", then", "\n"])}`;

  it("knows each of its own marks", () => {
    for (const marked of MARKED) expect(marked).toMatch(TRACES);
  });

  it("leaves an event without any as it was", () => {
    const { email: _email, sent_at: _sentAt, context, ...kept } = WHOLE;
    const { ip: _ip, ...keptContext } = context;
    const { event } = enriched(Event.parse(WHOLE));
    const hash = pseudonymize("email", EMAIL);
    expect(event).toEqual({ ...kept, context: keptContext, email_hash: hash, email_domain: "private.example" });
  });

  it.each(places(WHOLE))("leaves nothing of it at %s", (place) => {
    for (const marked of [...MARKED, ...MARKED.map(around)]) {
      const { event } = enriched(
        planted(
          () => marked,
          (path) => path === place,
        ),
      );
      expect(JSON.stringify(event), marked).not.toMatch(TRACES);
      expect(KeptEvent.safeParse(event).error, marked).toBeUndefined();
    }
  });

  it("leaves nothing of it at all places at once, beside what was there", () => {
    for (let round = 0; round < 200; round++) {
      const sent = planted(
        (text) => `${text} ${around(pick(random, MARKED))}`.slice(-90),
        () => true,
      );
      const { event, signals } = enriched(sent);
      expect(JSON.stringify([event, signals])).not.toMatch(TRACES);
      expect(KeptEvent.safeParse(event).error).toBeUndefined();
    }
  });

  it.each([
    ["text", 500, (text: string) => ({ payment: { method: text } })],
    ["url", 2_000, (text: string) => ({ context: { page: { url: text } } })],
    ["name", 100, (text: string) => ({ properties: { [text]: 1 } })],
  ] as const)("keeps a %s full of short e-mails within its %i characters", (_what, length, fields) => {
    for (const email of ["a@b.co,", "a@b.com,", "a@b.co@"]) {
      const text = email.repeat(length).slice(0, length);
      const { event } = arrive(fields(text), { source: "secret" });
      expect(KeptEvent.safeParse(event).error).toBeUndefined();
      expect(JSON.stringify(event)).not.toContain("@b.co");
    }
  });

  it("joins a customer known by e-mail as user with the same customer's e-mail", () => {
    const { event } = arrive({ user_id: " Ann@Shop.example", email: "ann@shop.example" });
    expect(event.user_id).toBe(`email_${event.email_hash}`);
  });

  it("takes it out of a custom event's name, which stays a name", () => {
    const { event } = arrive({ name: "paid_4111111111111111" });
    expect(event.name).toBe("paid_card");
    expect(KeptEvent.safeParse(event).success).toBe(true);
  });

  it("takes it out of an e-mail's domain", () => {
    const { event } = arrive({ email: "ann@4111111111111111" });
    expect(event.email_domain).toBe("[card]");
  });

  it("takes it out of what the connection tells", () => {
    const cf = { city: `city ${OWN}`, asOrganization: "ann@shop.example", timezone: "4111111111111111" };
    const { signals } = arrive(
      {},
      { headers: { ...headers, "user-agent": "4111111111111111/1.0 (Windows NT 10.0)" }, cf },
    );
    expect(signals).toMatchObject({ city: "city [ip]", as_organization: "[email]", timezone: "[card]" });
    expect(JSON.stringify(signals)).not.toMatch(TRACES);
  });

  it("takes a server's own address for as private as the shopper's", () => {
    const { event } = arrive(
      { context: { ip: "198.51.100.9" }, properties: { a: `Chrome/${OWN}`, b: "Chrome/198.51.100.9" } },
      { source: "secret", headers },
    );
    expect(event.properties).toEqual({ a: "Chrome/[ip]", b: "Chrome/[ip]" });
  });
});
