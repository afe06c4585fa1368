import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { BoundedMap } from "../shared/bounded-map.ts";
import { toHex } from "../shared/digest.ts";

/** What is hashed: an e-mail address, a network, a card number's digits, any other identifier. Kinds share no hashes. */
export type PrivateKind = "email" | "ip" | "card" | "id";

export type Pseudonymize = (kind: PrivateKind, text: string) => string;

/** Hashes remembered per isolate: a page's shopper sends many events. In memory only, and no longer than the isolate. */
const REMEMBERED = 2_000;
const HASH_BYTES = 16;

/**
 * Keyed hashes (HMAC-SHA-256, its first 128 bits) of what must not be kept: equal inputs stay equal, nothing can be read back or guessed
 * without the key. Not by the platform's own HMAC, which answers later: waiting for it takes longer than doing it.
 *
 * @param keyHex 32 bytes as hex
 */
export function createPseudonymizer(keyHex: string): Pseudonymize {
  const keyed = hmac.create(sha256, fromHex(keyHex));
  const encoder = new TextEncoder();
  const hashes = new BoundedMap<string, string>(REMEMBERED);
  return (kind, text) => {
    const labelled = `${kind}:${text}`;
    const held = hashes.get(labelled);
    if (held !== undefined) return held;
    const digest = keyed.clone().update(encoder.encode(labelled)).digest();
    const hash = toHex(digest.subarray(0, HASH_BYTES));
    hashes.set(labelled, hash);
    return hash;
  };
}

/** An e-mail address as it is hashed: alike however it is written. */
export function normalEmail(address: string): string {
  return address.trim().toLowerCase();
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
