import type { LabelSaid } from "./precedence.ts";

/** What a stored chargeback or refund says of its purchase. */
export interface ShopWord extends LabelSaid {
  source: "chargeback" | "chargeback_reversed" | "refund";
  /** As it was sent. */
  reason: string | null;
}

/** The words of card networks, payment processors and shops for fraud, as `spelt` brings them to one form. */
const FRAUD_REASONS: ReadonlySet<string> = new Set([
  "fraud",
  "fraudulent",
  "unauthorized",
  "debit_not_authorized",
  "unrecognized",
]);

const REASON_LENGTH = 200;

/**
 * What an event says of the purchase of its transaction, or null for one that says nothing. A chargeback that gives no reason is one for
 * fraud, as most are; one that gives another reason is kept and makes no label. A refund must say that it is for fraud.
 *
 * @param reason its `properties.reason`, of any kind
 */
export function shopWordOf(name: string, reason: unknown, atMs: number): ShopWord | null {
  const given = typeof reason === "string" && reason.trim() !== "" ? reason.slice(0, REASON_LENGTH) : null;
  const isFraud = given !== null && FRAUD_REASONS.has(spelt(given));
  if (name === "chargeback") {
    return { source: "chargeback", label: given === null || isFraud ? "fraud" : null, reason: given, atMs };
  }
  if (name === "chargeback_reversed") return { source: "chargeback_reversed", label: null, reason: given, atMs };
  if (name === "refund" && isFraud) return { source: "refund", label: "fraud", reason: given, atMs };
  return null;
}

function spelt(reason: string): string {
  return reason
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, "_");
}
