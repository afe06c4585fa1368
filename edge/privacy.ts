import { BoundedMap } from "../shared/bounded-map.ts";
import { toHex } from "../shared/digest.ts";

/** What is hashed: an e-mail address, a network, a card number's digits, any other identifier. Kinds share no hashes. */
export type PrivateKind = "email" | "ip" | "card" | "id";

export type Pseudonymize = (kind: PrivateKind, text: string) => Promise<string>;

/** Hashes remembered per isolate: a page's shopper sends many events. In memory only, and no longer than the isolate. */
const REMEMBERED = 2_000;

/**
 * Keyed hashes of what must not be kept: equal inputs stay equal, nothing can be read back or guessed without the key.
 *
 * @param keyHex 32 bytes as hex
 */
export function createPseudonymizer(keyHex: string): Pseudonymize {
  const key = crypto.subtle.importKey("raw", fromHex(keyHex), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const encoder = new TextEncoder();
  const hashes = new BoundedMap<string, string>(REMEMBERED);
  return async (kind, text) => {
    const labelled = `${kind}:${text}`;
    const held = hashes.get(labelled);
    if (held !== undefined) return held;
    const digest = await crypto.subtle.sign("HMAC", await key, encoder.encode(labelled));
    const hash = toHex(new Uint8Array(digest, 0, 16));
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
