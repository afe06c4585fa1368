import { randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { withAttacks, type ReplayEvent } from "./attacks.ts";
import { alertHeadings } from "./alert-line.ts";
import type { AlertWatch } from "./alert-watch.ts";
import { summaryLines, type DemoOutcome } from "./demo-summary.ts";
import { shopEvents, type Run } from "./orders.ts";
import { planReplay } from "./replay-plan.ts";
import { readSlice } from "./retail-slice.ts";
import { sendEvents, type Sent } from "./send-events.ts";
import type { Alerted } from "./stored-events.ts";
import type { Terminal } from "./terminal.ts";

const REPLAY_MS = 45_000;
const BATCH_EVENTS = 20;
/** How long what was sent may take to be stored, and alerts to arrive, after the last event. */
const SETTLE_MS = 20_000;
const POLL_MS = 250;

export interface DemoServices {
  terminal: Terminal;
  edge: URL;
  ingestKey: string;
  watch: AlertWatch;
  /** How many events are in Postgres whose id begins so. */
  countStored(idPrefix: string): Promise<number>;
  /** What became of the anomalies whose event's id begins so, by that id. */
  alertsOf(idPrefix: string): Promise<ReadonlyMap<string, Alerted>>;
  /** 45 s when undefined. A machine that does not keep up takes longer, as nothing is sent before the answer to the last. */
  replayMs?: number;
}

/**
 * The main job in front of the user: four weeks of a real shop's orders, with five attacks among them, go through everything; alerts
 * are shown as they arrive at the webhook, and in the end what was found of what was hidden.
 *
 * @throws Error when the edge takes no more events; the signal's reason when it aborts
 */
export async function runDemo(services: DemoServices, signal: AbortSignal): Promise<DemoOutcome> {
  const { terminal, watch } = services;
  const startMs = performance.now();
  const run: Run = { id: randomBytes(3).toString("hex"), endMs: Date.now() };
  const genuine = shopEvents(readSlice(), run);
  const events = withAttacks(genuine, run);
  watch.expect(events);
  introduce(genuine.length, terminal);
  try {
    const sent = await replay(events, services, signal);
    const tookMs = performance.now() - startMs;
    const { stored, alertOf } = await settle(run, sent, services, signal);
    const outcome = { events, sent, alerts: watch.arrived(), alertOf, stored, tookMs };
    terminal.endProgress();
    terminal.line();
    terminal.line(terminal.paint("bold", "Summary"));
    for (const line of summaryLines(outcome, terminal.paint)) terminal.line(line);
    return outcome;
  } finally {
    terminal.endProgress();
  }
}

function introduce(orders: number, terminal: Terminal): void {
  terminal.line();
  terminal.line(terminal.paint("bold", "Four weeks of a real gift shop in under a minute"));
  terminal.line(
    `  ${orders.toLocaleString("en-GB")} orders and refunds (UCI Online Retail), moved in time to end now, and`,
  );
  terminal.line(
    "  five attacks among them: coupon abuse, card testing, hoarding, an account takeover, a slipped price.",
  );
  terminal.line("  Each line below is an alert that arrived at the webhook, one for each customer or network.");
  terminal.line();
  terminal.line(alertHeadings(terminal));
}

async function replay(events: readonly ReplayEvent[], services: DemoServices, signal: AbortSignal): Promise<Sent[]> {
  const { terminal, edge, ingestKey: key, watch, replayMs = REPLAY_MS } = services;
  const startMs = performance.now();
  const sent: Sent[] = [];
  for (const request of planReplay(events, replayMs, BATCH_EVENTS)) {
    const aheadMs = request.dueMs - (performance.now() - startMs);
    if (aheadMs > 0) await wait(aheadMs, undefined, { signal });
    sent.push(
      ...(await sendEvents(
        request.events.map(({ event }) => event),
        { edge, key, signal },
      )),
    );
    const day = new Date(request.events.at(-1)?.atMs ?? 0).toISOString().slice(0, 10);
    terminal.progress(progressOf(sent.length, events.length, watch.arrived().size, `replaying ${day}`));
  }
  return sent;
}

/**
 * Waits until everything that was accepted is stored and the alert of every anomaly has arrived; not longer than 20 s.
 *
 * @returns rows stored, and what became of the anomalies
 */
async function settle(
  run: Run,
  sent: readonly Sent[],
  services: DemoServices,
  signal: AbortSignal,
): Promise<Pick<DemoOutcome, "stored" | "alertOf">> {
  const { terminal, watch, countStored, alertsOf } = services;
  const accepted = sent.filter(({ status }) => status !== "rejected").length;
  const anomalies = sent.filter(({ anomaly }) => anomaly);
  const endMs = performance.now() + SETTLE_MS;
  for (;;) {
    const idPrefix = `evt_${run.id}_`;
    const [stored, alertOf] = [await countStored(idPrefix), await alertsOf(idPrefix)];
    const isOver = ({ isRaised, toldWith }: Alerted) =>
      isRaised && (toldWith === null || watch.arrived().has(toldWith));
    const waiting = anomalies.filter(({ id }) => !isOver(alertOf.get(id) ?? NOT_RAISED)).length;
    if ((stored >= accepted && waiting === 0) || performance.now() > endMs) return { stored, alertOf };
    const left = `waiting for ${accepted - stored} events to be stored and the alerts of ${waiting} anomalies`;
    terminal.progress(progressOf(sent.length, sent.length, watch.arrived().size, left));
    await wait(POLL_MS, undefined, { signal });
  }
}

const NOT_RAISED: Alerted = { isRaised: false, toldWith: null };

const BAR_WIDTH = 16;

function progressOf(sent: number, of: number, alerts: number, doing: string): string {
  const filled = Math.round((sent / of) * BAR_WIDTH);
  const bar = `${"█".repeat(filled)}${"░".repeat(BAR_WIDTH - filled)}`;
  return `  ${bar}  ${sent.toLocaleString("en-GB")} of ${of.toLocaleString("en-GB")} events, alerts: ${alerts}, ${doing}`;
}
