const SECRET_BYTES = 32;

/** A new secret for signing: `whsec_` and 32 random bytes as base64, the form Standard Webhooks names. */
export function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  return `whsec_${btoa(String.fromCharCode(...bytes))}`;
}
