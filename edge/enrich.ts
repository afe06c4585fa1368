import { BoundedMap } from "../shared/bounded-map.ts";
import type { Event, KeptEvent } from "../shared/event.ts";
import { hashText } from "../shared/hash.ts";
import { networkOf } from "../shared/network.ts";
import type { Signals } from "../shared/signals.ts";
import { normalEmail, type Pseudonymize } from "./privacy.ts";
import { createRedact, type Redact } from "./redact.ts";
import { isPlainName, redactAny, redactFields } from "./redact/fields.ts";
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
  const met = meet(connection);
  const told = event.context?.ip;
  const address = source === "publishable" ? met.address : told;
  const redact = createRedact({
    email: event.email,
    addresses: [met.address, told].filter((known) => known !== undefined),
  });
  const signals: Record<string, unknown> = {};
  if (source === "publishable") {
    keepFields(signals, (met.signals ??= fromConnection(connection)), redact, pseudonymize);
  } else {
    keepFields(signals, event.context?.geo, redact, pseudonymize);
    keepFields(signals, readUserAgent(event.context?.user_agent), redact, pseudonymize);
  }
  keepFields(signals, met.place, redact, pseudonymize);
  const network = address ? networkHash(met, address, pseudonymize) : null;
  if (network !== null) signals["ip_hash"] = network;
  if (event.email !== undefined) signals["email_digits"] = digitShare(event.email);
  return { event: withoutPrivate(event, timestamp, redact, pseudonymize), signals, address };
}

/** What is asked of a connection for each of its events, found out once. */
interface Met {
  address: string | undefined;
  /** Where it was answered. */
  place: Pick<Signals, "colo">;
  /** What it tells of a shopper who sends for himself. */
  signals: Signals | undefined;
  /** Keyed hashes of the networks of the last addresses its events told: the few shoppers of a batch send several each. */
  networks: BoundedMap<string | null>;
}

/** A socket stays open for hours, and a shop's server sends for all its shoppers over it. */
const NETWORKS_KEPT = 100;

/** No longer than the connections themselves, so that no address is kept. */
const connectionsMet = new WeakMap<Connection, Met>();

function meet(connection: Connection): Met {
  const known = connectionsMet.get(connection);
  if (known !== undefined) return known;
  const { headers, cf } = connection;
  const colo = text(cf?.["colo"]);
  const met: Met = {
    address: headers.get("cf-connecting-ip") ?? undefined,
    place: colo === undefined ? {} : { colo },
    signals: undefined,
    networks: new BoundedMap(NETWORKS_KEPT),
  };
  connectionsMet.set(connection, met);
  return met;
}

/** Null of what is no address. */
function networkHash({ networks }: Met, address: string, pseudonymize: Pseudonymize): string | null {
  const known = networks.get(address);
  if (known !== undefined) return known;
  const network = networkOf(address);
  const hash = network === null ? null : pseudonymize("ip", network);
  networks.set(address, hash);
  return hash;
}

/** Puts fields of one object into another, with nothing private in them; what is undefined is left out. */
function keepFields(
  kept: Record<string, unknown>,
  fields: object | undefined,
  redact: Redact,
  pseudonymize: Pseudonymize,
): void {
  for (const name in fields) {
    const value: unknown = fields[name as keyof typeof fields]; // a name just read from this very object
    if (value !== undefined) kept[name] = redactAny(value, name, redact, pseudonymize);
  }
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
  const kept: Record<string, unknown> = { id: event.id, name: redactName(event.name, redact), timestamp };
  for (const field in event) {
    switch (field) {
      case "id":
      case "name":
      case "timestamp":
      case "sent_at":
      case "email":
      case "context":
        continue;
    }
    kept[field] = redactAny(event[field as keyof Event], field, redact, pseudonymize); // a name just read from this very event
  }
  if (event.context !== undefined) kept["context"] = contextWithoutPrivate(event.context, redact, pseudonymize);
  if (event.email !== undefined) Object.assign(kept, emailTraces(normalEmail(event.email), redact, pseudonymize));
  return kept as KeptEvent; // an event's fields with texts for texts, and the three that another stands for
}

function contextWithoutPrivate(
  context: NonNullable<Event["context"]>,
  redact: Redact,
  pseudonymize: Pseudonymize,
): NonNullable<KeptEvent["context"]> {
  if (!Object.hasOwn(context, "ip")) return redactFields(context, redact, pseudonymize);
  const kept: Record<string, unknown> = {};
  for (const field in context) {
    if (field === "ip") continue;
    kept[field] = redactAny(context[field as keyof typeof context], field, redact, pseudonymize); // as above
  }
  return kept; // all of its fields are optional
}

/** A custom event's name may hold digits enough for a card; what is put in their place has to be a name again. */
function redactName(name: string, redact: Redact): string {
  return isPlainName(name) ? name : redact(name, "").replaceAll(/[[\]]/g, "");
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
