import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { BoundedMap } from "../shared/bounded-map.ts";
import { toHex } from "../shared/digest.ts";

/** What is hashed: an e-mail address, a network, a card number's digits, any other identifier. Kinds share no hashes. */
export type PrivateKind = "email" | "ip" | "card" | "id";

export type Pseudonymize = (kind: PrivateKind, text: string) => string;

/** Hashes of each kind remembered per isolate: a page's shopper sends many events. In memory only, and no longer than the isolate. */
const REMEMBERED = 2_000;
const HASH_BYTES = 16;

/**
 * Keyed hashes (HMAC-SHA-256, its first 128 bits) of what must not be kept: equal inputs stay equal, nothing can be read back or guessed
 * without the key. Not by the platform's own HMAC, which answers later: waiting for it takes longer than doing it.
 *
 * @param keyHex 32 bytes as hex
 */
export function createPseudonymizer(keyHex: string): Pseudonymize {
  const hash = createHash(fromHex(keyHex));
  const hashes: Record<PrivateKind, BoundedMap<string>> = {
    email: new BoundedMap(REMEMBERED),
    ip: new BoundedMap(REMEMBERED),
    card: new BoundedMap(REMEMBERED),
    id: new BoundedMap(REMEMBERED),
  };
  return (kind, text) => {
    const known = hashes[kind];
    const held = known.get(text);
    if (held !== undefined) return held;
    const made = hash(`${kind}:${text}`);
    known.set(text, made);
    return made;
  };
}

/** The hash of a text, made in the same state and buffers each time: to make those takes longer than to hash. */
function createHash(key: Uint8Array): (text: string) => string {
  const keyed = hmac.create(sha256, key);
  const encoder = new TextEncoder();
  const working = keyed.clone();
  const digest = new Uint8Array(keyed.outputLen);
  const kept = digest.subarray(0, HASH_BYTES);
  return (text) => {
    // oxlint-disable-next-line no-underscore-dangle -- noble's public way to take up a state without a new object
    keyed._cloneInto(working).update(encoder.encode(text)).digestInto(digest);
    return toHex(kept);
  };
}

/** An e-mail address as it is hashed: alike however it is written. */
export function normalEmail(address: string): string {
  return address.trim().toLowerCase();
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
