import { AnomalyAlert, alertLine, otherLine } from "./alert-line.ts";
import type { Attack, ReplayEvent } from "./attacks.ts";
import type { ReceivedWebhook } from "./receiver.ts";
import type { Terminal } from "./terminal.ts";

export interface AlertWatch {
  /** Take a webhook that arrived, and show it as a line. */
  take(webhook: ReceivedWebhook): void;
  /** Keep the alerts about these events from now on, and tell the injected from the real ones; those before are forgotten. */
  expect(events: readonly ReplayEvent[]): void;
  /** The first alert about each expected event that had one, by the event's id. */
  arrived(): ReadonlyMap<string, { delayMs: number | null }>;
}

/**
 * Watches what arrives at the webhook.
 *
 * @param receivedAtMs when the edge received an event, Unix time; null when it is not known. Should it fail, the delay is not shown.
 */
export function createAlertWatch(
  terminal: Terminal,
  receivedAtMs: (eventId: string) => Promise<number | null>,
): AlertWatch {
  const seen = new Set<string>();
  let attacks = new Map<string, Attack | null>();
  let arrived = new Map<string, { delayMs: number | null }>();

  async function show(alert: AnomalyAlert, arrivedAt: Date): Promise<void> {
    const { id } = alert.data.event;
    // A delivery that is made again, because its answer was lost, is nothing new.
    if (seen.has(id)) return;
    seen.add(id);
    const receivedMs = await receivedAtMs(id).catch(() => null);
    const delayMs = receivedMs === null ? null : arrivedAt.getTime() - receivedMs;
    const attack = attacks.get(id);
    if (attack !== undefined) arrived.set(id, { delayMs });
    terminal.line(alertLine({ alert, arrivedAt, delayMs, attack }, terminal));
  }

  return {
    take({ received_at: receivedAt, body }) {
      const alert = AnomalyAlert.safeParse(body);
      if (alert.success) void show(alert.data, new Date(receivedAt));
      else terminal.line(otherLine(body, new Date(receivedAt), terminal));
    },
    expect(events) {
      attacks = new Map(events.map(({ event, attack }) => [event.id, attack]));
      arrived = new Map();
    },
    arrived: () => arrived,
  };
}
