import * as z from "zod";
import { Problem } from "./problem.ts";

/** Roles of secret keys, weakest first: each may do what those before it may. */
export const ROLES = ["ingest", "analyst", "operator", "admin"] as const;
export const Role = z.enum(ROLES);
export type Role = z.infer<typeof Role>;

/**
 * What is kept of a key, in Postgres and (by id) in KV. The key itself is never kept: only the SHA-256 of its text.
 * A publishable key has no role and is bound to `origins` (`https://shop.example`, or `http://localhost:*` for any port).
 */
export const ApiKeyRecord = z.strictObject({
  id: z.string(),
  kind: z.enum(["publishable", "secret"]),
  role: Role.nullable(),
  origins: z.array(z.string()),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  expires_at: z.iso.datetime({ offset: true }).nullable(),
});
export type ApiKeyRecord = z.infer<typeof ApiKeyRecord>;

const KEY_FORM = /^(pk|sk)_([a-z0-9]{16})_([A-Za-z0-9]{32})$/;
const ID_LENGTH = 16;
const SECRET_LENGTH = 32;
const LOWER_AND_DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789";
const LETTERS_AND_DIGITS = `ABCDEFGHIJKLMNOPQRSTUVWXYZ${LOWER_AND_DIGITS}`;

/** That many bytes that cannot be guessed. */
export type RandomBytes = (count: number) => Uint8Array;

/** A key that nobody knows yet: 82 bits of chance in its id, 190 in its secret. */
export function drawKey(kind: ApiKeyRecord["kind"], randomBytes: RandomBytes): { id: string; text: string } {
  const id = drawText(LOWER_AND_DIGITS, ID_LENGTH, randomBytes);
  return { id, text: formatKey(kind, id, drawText(LETTERS_AND_DIGITS, SECRET_LENGTH, randomBytes)) };
}

/** Each letter as likely as the next: bytes past the last whole round of the alphabet are drawn again. */
function drawText(alphabet: string, length: number, randomBytes: RandomBytes): string {
  const taken = 256 - (256 % alphabet.length);
  let text = "";
  while (text.length < length) {
    for (const byte of randomBytes(length - text.length)) {
      if (byte < taken) text += alphabet.charAt(byte % alphabet.length);
    }
  }
  return text;
}

/** A key's text from its parts: the id is public and finds the record, the secret proves it. */
export function formatKey(kind: ApiKeyRecord["kind"], id: string, secret: string): string {
  return `${kind === "publishable" ? "pk" : "sk"}_${id}_${secret}`;
}

/** The id inside a key's text, or null when it has not the form of a key. */
export function keyId(text: string): string | null {
  return KEY_FORM.exec(text)?.[2] ?? null;
}

/** The KV entry under which the edge finds a key's record. */
export function keyEntry(id: string): string {
  return `api-key:${id}`;
}

/** Compares in time that depends on the lengths alone, so that a digest cannot be guessed byte by byte. */
export function sameDigest(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}

interface KeyStore {
  /** The record under an id, or null; throws when the store cannot be read. */
  find(id: string): Promise<ApiKeyRecord | null>;
  sha256Hex(text: string): Promise<string>;
  nowMs(): number;
}

/**
 * The record of a key that is known, genuine and in force.
 *
 * @throws Problem `unauthenticated` for anything else, with one text for all causes so that keys cannot be probed
 */
export async function authenticate(text: string | null, store: KeyStore): Promise<ApiKeyRecord> {
  const id = text === null ? null : keyId(text);
  if (text === null || id === null) throw refused();
  const [record, digest] = await Promise.all([store.find(id), store.sha256Hex(text)]);
  if (record === null || !isGood(record, digest, store.nowMs())) throw refused();
  return record;
}

function refused(): Problem {
  return new Problem("unauthenticated", "The request carries no key that is known and in force.", {
    headers: { "www-authenticate": "Bearer" },
  });
}

/** Whether a record is that of the key with this digest, and in force. */
export function isGood(record: ApiKeyRecord, digest: string, nowMs: number): boolean {
  return sameDigest(record.digest, digest) && isInForce(record, nowMs);
}

/** Whether a key has not expired. A revoked one expired when it was revoked. */
export function isInForce({ expires_at }: Pick<ApiKeyRecord, "expires_at">, nowMs: number): boolean {
  return expires_at === null || Date.parse(expires_at) > nowMs;
}

/**
 * The token of an `Authorization: Bearer …` header; the scheme's case does not matter.
 *
 * @returns null where there is no header, and "", which no key is, for one that is anything but a single Bearer token: who sends it
 *   means to show a credential, and must not pass for one who shows none
 */
export function bearerToken(header: string | null | undefined): string | null {
  if (header === null || header === undefined) return null;
  return /^Bearer +([^\s]+) *$/i.exec(header)?.[1] ?? "";
}

/** @throws Problem `forbidden` unless the key is a secret one of at least this role */
export function requireRole(record: ApiKeyRecord, role: Role): void {
  if (record.kind === "publishable") throw new Problem("forbidden", "A publishable key may only write events.");
  if (record.role === null || ROLES.indexOf(record.role) < ROLES.indexOf(role)) {
    throw new Problem("forbidden", `This needs a key of role ${role} or above.`);
  }
}

/**
 * Whether a page's origin is on a publishable key's list.
 * Scheme and host are compared exactly; a listed port of `*` allows any.
 */
export function originAllowed(origin: string, allowed: readonly string[]): boolean {
  return allowed.some((entry) => {
    if (!entry.endsWith(":*")) return origin === entry;
    const base = entry.slice(0, -2);
    return origin === base || (origin.startsWith(`${base}:`) && /^\d{1,5}$/.test(origin.slice(base.length + 1)));
  });
}
