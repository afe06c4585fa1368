import type { ScoredEvent } from "../../shared/message.ts";
import { portions } from "../../shared/portions.ts";

/** What a page shows that may change. */
export type ChangedKind = "alert" | "anomaly" | "incident" | "model" | "training_run" | "delivery";

/** Ordinary events told of one batch: more than anybody can read as they pass. */
const ORDINARY_MOST = 50;
/** Anomalies of one message; there may be any number of messages. */
const ANOMALIES_TOGETHER = 50;

/**
 * What was stored in one batch, as messages without their numbers. Each anomaly is told; of the ordinary events the newest 50, and
 * how many more there were. `events` holds the anomalies too, so that its length and `more` add up to all that was stored.
 */
export function storedMessages(stored: readonly ScoredEvent[], atMs: number): string[] {
  const anomalies = stored.filter(({ assessment }) => assessment.anomaly);
  const ordinary = stored.filter(({ assessment }) => !assessment.anomaly);
  const told = newestFirst(ordinary).slice(0, ORDINARY_MOST);
  const parts = portions(anomalies, () => 1, { sizeMost: ANOMALIES_TOGETHER });
  return (parts.length === 0 ? [[]] : parts).map((part, index) =>
    JSON.stringify({
      type: "stored",
      at: new Date(atMs).toISOString(),
      events: [...part, ...(index === 0 ? told : [])].map(toldEvent),
      more: index === 0 ? ordinary.length - told.length : 0,
      anomalies: part.map(toldAnomaly),
    }),
  );
}

export function changedMessage(kind: ChangedKind, id: string): string {
  return JSON.stringify({ type: "changed", kind, id });
}

/** Each time is read once: of thousands of events a comparison would read it dozens of times. */
function newestFirst(events: readonly ScoredEvent[]): ScoredEvent[] {
  return events
    .map((scored) => ({ scored, atMs: Date.parse(scored.event.timestamp) }))
    .toSorted((a, b) => b.atMs - a.atMs)
    .map(({ scored }) => scored);
}

function toldEvent({ event, signals, assessment }: ScoredEvent) {
  return {
    id: event.id,
    name: event.name,
    occurred_at: new Date(event.timestamp).toISOString(),
    score: assessment.score,
    anomaly: assessment.anomaly,
    value: event.value ?? null,
    currency: event.currency ?? null,
    country: signals.country ?? null,
    user_id: event.user_id ?? null,
  };
}

function toldAnomaly(scored: ScoredEvent) {
  const { id, occurred_at, score, name, value, currency, country } = toldEvent(scored);
  const reason = scored.assessment.reasons[0]?.detail ?? null;
  return { id: `ano_${id}`, event_id: id, occurred_at, score, name, value, currency, country, reason };
}
