/** What an event turned out to be. */
export type EventLabel = "fraud" | "legitimate";

/** Who says so: a person about an event or about its anomaly, or an event of the shop's about the transaction. */
export type LabelSource = "analyst" | "feedback" | "chargeback" | "chargeback_reversed" | "refund";

/** One thing that was said. Null: a person takes back; a chargeback, of another reason than fraud, says nothing of it. */
export interface LabelSaid {
  source: LabelSource;
  label: EventLabel | null;
  /** When it was said; of the shop's events, when they happened. */
  atMs: number;
}

/** Verdicts on an anomaly are words about its event: of all that people said, the last holds. */
const SPOKEN: ReadonlySet<LabelSource> = new Set(["analyst", "feedback"]);

/**
 * What comes of all that was said of one event. What a person said last holds, whatever else there is, until a person takes it back.
 * Without that it is fraud by a chargeback that was not reversed later, or by a refund for fraud.
 *
 * @param said in the order it was recorded. The shop's events count by when they happened, as they come in any order
 */
export function labelOf(said: readonly LabelSaid[]): EventLabel | null {
  const spoken = said.findLast(({ source }) => SPOKEN.has(source))?.label;
  if (spoken !== undefined && spoken !== null) return spoken;
  const disputed = said
    .filter(({ source, label }) => source === "chargeback_reversed" || (source === "chargeback" && label === "fraud"))
    .toSorted((a, b) => a.atMs - b.atMs)
    .at(-1);
  const isRefunded = said.some(({ source, label }) => source === "refund" && label === "fraud");
  return disputed?.source === "chargeback" || isRefunded ? "fraud" : null;
}
