import * as z from "zod";
import { ApiKeyRecord } from "../../shared/keys.ts";
import type { Connection } from "../enrich.ts";

/**
 * What a connection has to know after its object slept. The platform keeps it beside the socket, at most 16 KB of it; the texts that
 * a stranger chooses are cut so that it always fits.
 */
export const StreamState = z.strictObject({
  /** Of the request that opened the connection. */
  requestId: z.string(),
  origin: z.string().nullable(),
  headers: z.array(z.tuple([z.string(), z.string()])),
  cf: z.record(z.string(), z.union([z.string(), z.number()])),
  /** The key that was shown, without its list of origins, which was looked at when it was shown and may be long. Null before. */
  key: ApiKeyRecord.nullable(),
  /** When the connection is closed, should nothing come until then. */
  closeAtMs: z.number(),
  /** Frames that came in this minute of the clock. */
  minute: z.number(),
  frames: z.number(),
});
export type StreamState = z.infer<typeof StreamState>;

/** What `enrich` and the rates by address read, and how many characters of it. */
const HEADERS = {
  "cf-connecting-ip": 200,
  "cf-ipcity": 200,
  "cf-ipcountry": 200,
  "cf-iplatitude": 200,
  "cf-iplongitude": 200,
  "cf-region": 200,
  "cf-timezone": 200,
  "user-agent": 1_000,
};
const ORIGIN_LENGTH = 1_000;
const CF_FIELDS = [
  "asOrganization",
  "asn",
  "city",
  "colo",
  "country",
  "httpProtocol",
  "latitude",
  "longitude",
  "region",
  "timezone",
  "tlsClientCiphersSha1",
  "tlsClientHelloLength",
];
const CF_LENGTH = 200;

export const REQUEST_ID_HEADER = "x-request-id";

/** The state of a connection that a request has just opened. */
export function newState({ headers, cf = {} }: Connection, closeAtMs: number): StreamState {
  return {
    requestId: headers.get(REQUEST_ID_HEADER) ?? "none",
    origin: headers.get("origin")?.slice(0, ORIGIN_LENGTH) ?? null,
    headers: Object.entries(HEADERS)
      .map(([name, most]): [string, string] => [name, headers.get(name)?.slice(0, most) ?? ""])
      .filter(([, value]) => value !== ""),
    cf: Object.fromEntries(CF_FIELDS.map((name) => [name, short(cf[name])]).filter(([, value]) => value !== undefined)),
    key: null,
    closeAtMs,
    minute: 0,
    frames: 0,
  };
}

/** The connection as `takeIn` is given it. */
export function connectionOf({ headers, cf }: StreamState): Connection {
  return { headers: new Headers(headers), cf };
}

function short(fact: unknown): string | number | undefined {
  if (typeof fact === "string") return fact.slice(0, CF_LENGTH);
  return typeof fact === "number" ? fact : undefined;
}
