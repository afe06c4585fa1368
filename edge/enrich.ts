import type { Event, KeptEvent } from "../shared/event.ts";
import { hashText } from "../shared/hash.ts";
import { networkOf } from "../shared/network.ts";
import type { Signals } from "../shared/signals.ts";
import { normalEmail, type Pseudonymize } from "./privacy.ts";
import { createRedact, type Redact } from "./redact.ts";
import { redactFields } from "./redact/fields.ts";
import { readUserAgent } from "./user-agent.ts";

export interface Connection {
  headers: Headers;
  /** `request.cf`: every field may be absent. */
  cf: Readonly<Record<string, unknown>> | undefined;
}

export interface Enriched {
  event: KeptEvent;
  signals: Signals;
  /** The shopper's, for as long as the request takes: it is neither sent on nor kept. */
  address: string | undefined;
}

/**
 * What the connection tells of a shopper who sends for himself. A shop's server sends for its shoppers, so of its connection only
 * the answering location is taken, and the rest comes from the event's context. Nothing private is left in either; see redact.ts.
 */
export function enrich(
  event: Event,
  timestamp: string,
  source: "publishable" | "secret",
  connection: Connection,
  pseudonymize: Pseudonymize,
): Enriched {
  const found = source === "publishable" ? fromConnection(connection) : fromContext(event);
  const connected = connection.headers.get("cf-connecting-ip") ?? undefined;
  const told = event.context?.ip;
  const address = source === "publishable" ? connected : told;
  const network = address ? networkOf(address) : null;
  const colo = text(connection.cf?.["colo"]);
  const redact = createRedact({
    email: event.email,
    addresses: [connected, told].filter((known) => known !== undefined),
  });
  const signals = {
    ...redactFields({ ...found, ...(colo === undefined ? {} : { colo }) }, redact, pseudonymize),
    ...(network === null ? {} : { ip_hash: pseudonymize("ip", network) }),
    ...(event.email === undefined ? {} : { email_digits: digitShare(event.email) }),
  };
  return { event: withoutPrivate(event, timestamp, redact, pseudonymize), signals, address };
}

function fromConnection({ headers, cf = {} }: Connection): Signals {
  return present({
    country: text(cf["country"]) ?? header(headers, "cf-ipcountry"),
    region: text(cf["region"]) ?? header(headers, "cf-region"),
    city: text(cf["city"]) ?? header(headers, "cf-ipcity"),
    timezone: text(cf["timezone"]) ?? header(headers, "cf-timezone"),
    latitude: degrees(cf["latitude"] ?? headers.get("cf-iplatitude"), 90),
    longitude: degrees(cf["longitude"] ?? headers.get("cf-iplongitude"), 180),
    asn: typeof cf["asn"] === "number" && Number.isInteger(cf["asn"]) ? cf["asn"] : undefined,
    as_organization: text(cf["asOrganization"]),
    tls_class: tlsClass(cf),
    ...readUserAgent(headers.get("user-agent")),
  });
}

function fromContext({ context }: Event): Signals {
  return present({ ...context?.geo, ...readUserAgent(context?.user_agent) });
}

/** Cipher list, hello length and HTTP version change with the client's software and little else: a coarse class of device. */
function tlsClass(cf: Readonly<Record<string, unknown>>): string | undefined {
  const ciphers = text(cf["tlsClientCiphersSha1"]);
  if (ciphers === undefined) return undefined;
  const length = Math.round(Number(cf["tlsClientHelloLength"] ?? 0) / 64);
  return hashText(`${ciphers} ${length} ${text(cf["httpProtocol"]) ?? ""}`)
    .toString(16)
    .padStart(8, "0");
}

function withoutPrivate(event: Event, timestamp: string, redact: Redact, pseudonymize: Pseudonymize): KeptEvent {
  const { id, name, email, timestamp: _sentTimestamp, sent_at: _sentAt, context, ...rest } = event;
  const { ip: _ip, ...keptContext } = context ?? {};
  const kept = { ...rest, ...(context === undefined ? {} : { context: keptContext }) };
  return {
    id,
    name: redactName(name, redact),
    timestamp,
    ...redactFields(kept, redact, pseudonymize),
    ...(email === undefined ? {} : emailTraces(normalEmail(email), redact, pseudonymize)),
  };
}

/** A custom event's name may hold digits enough for a card; what is put in their place has to be a name again. */
function redactName(name: string, redact: Redact): string {
  return redact(name, "").replaceAll(/[[\]]/g, "");
}

function emailTraces(
  address: string,
  redact: Redact,
  pseudonymize: Pseudonymize,
): Pick<KeptEvent, "email_hash" | "email_domain"> {
  return {
    email_hash: pseudonymize("email", address),
    email_domain: redact(address.slice(address.lastIndexOf("@") + 1), "email_domain"),
  };
}

/** Share of digits in the name before the @, in hundredths. */
function digitShare(email: string): number {
  const name = email.slice(0, email.lastIndexOf("@"));
  return Math.round((100 * name.replaceAll(/\D/g, "").length) / name.length) / 100;
}

const TEXT_LENGTH = 200;

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value.slice(0, TEXT_LENGTH) : undefined;
}

function header(headers: Headers, name: string): string | undefined {
  return text(headers.get(name));
}

function degrees(value: unknown, most: number): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Math.abs(number) <= most ? number : undefined;
}

function present(signals: { [K in keyof Signals]: Signals[K] | undefined }): Signals {
  const found: Record<string, unknown> = {};
  for (const name in signals) {
    const value = signals[name as keyof Signals]; // its own keys
    if (value !== undefined) found[name] = value;
  }
  return found; // only undefined was dropped
}
