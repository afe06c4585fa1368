/** SHA-256 of bytes, or of a text's UTF-8, as hex. */
export async function sha256Hex(input: string | Uint8Array): Promise<string> {
  const bytes = typeof input === "string" ? new TextEncoder().encode(input) : new Uint8Array(input);
  // oxlint-disable-next-line no-restricted-globals -- a digest is a function of its input; no key and no chance is drawn
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

const DIGITS = "0123456789abcdef";

/** Bytes of a digest or a key as hex. In one piece: what is put together by + would be written as JSON in twice the time. */
export function toHex(bytes: Uint8Array): string {
  const codes: number[] = [];
  for (const byte of bytes) codes.push(DIGITS.charCodeAt(byte >> 4), DIGITS.charCodeAt(byte & 15));
  return String.fromCharCode(...codes);
}
