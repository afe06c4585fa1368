import { Webhook } from "standardwebhooks";

interface Signable {
  /** The same on every attempt of one delivery; holds no dot. */
  id: string;
  /** When this attempt is made, milliseconds since 1970; signed in whole seconds. */
  timestampMs: number;
  /** The very text that is sent. */
  body: string;
  /** `whsec_` and base64; during a rotation the new one and then the old one. */
  secrets: readonly [current: string, previous?: string];
}

/**
 * The three headers of a signed webhook, with one signature per secret so that a receiver may hold either.
 *
 * @throws Error when a secret is empty or not base64, before anything is signed with it
 * @see https://www.standardwebhooks.com
 */
export function signatureHeaders({ id, timestampMs, body, secrets }: Signable) {
  const at = new Date(timestampMs);
  const signatures = secrets
    .filter((secret) => secret !== undefined)
    .map((secret) => new Webhook(secret).sign(id, at, body));
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(timestampMs / 1000)),
    "webhook-signature": signatures.join(" "),
  };
}
