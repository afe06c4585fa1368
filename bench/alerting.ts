import { openReceiver } from "../local/receiver.ts";
import { load, quantile, sleep } from "./load.ts";
import type { Report } from "./report.ts";
import { grantKey, startWhole, untilOrt } from "./stand.ts";
import { trafficOfOthers } from "./traffic.ts";

const RATE = 200;
const DURATION_MS = 60_000;
/** One event in so many belongs to an attack: often enough to measure, rare enough to be ordinary traffic beside it. */
const ATTACK_EVERY = 20;
const SETTLE_MS = 10_000;

interface AlertBody {
  data: { event: { id: string }; assessment: { score: number } };
}

/** Time from the intake of an event at the edge to its signed webhook, the whole system on this machine, at a steady rate. */
export async function alerting(folder: string): Promise<Report> {
  const { workers, postgres, stop } = await startWhole(folder, "alerting");
  const arrivedMs = new Map<string, number>();
  let secret = "";
  const receiver = await openReceiver({
    secrets: () => (secret === "" ? [] : [secret]),
    onWebhook: ({ body }) => arrivedMs.set((body as AlertBody).data.event.id, Date.now()), // verified to be ours
  });
  try {
    secret = await createWebhook(workers.aggregator, await grantKey(workers, "operator"), receiver.url);
    await untilOrt(workers.edge);
    await alertOneByOne(workers.aggregator, await grantKey(workers, "operator"));
    const key = await grantKey(workers, "ingest");
    const bodies = trafficOfOthers();
    const sent = await load({
      url: workers.edge,
      path: "/v1/events",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: (index) => (index % ATTACK_EVERY === 0 ? JSON.stringify(stolenCard(index / ATTACK_EVERY)) : bodies(index)),
      connections: 16,
      durationMs: DURATION_MS,
      rate: RATE,
    });
    await sleep(SETTLE_MS);
    const alerted = await postgres.query<{ id: string; received_ms: string }>(
      "SELECT id, extract(epoch FROM received_at) * 1000 AS received_ms FROM events WHERE anomaly",
    );
    const [raised] = await postgres.query<{ n: string }>(
      "SELECT count(*) AS n FROM alerts WHERE type = 'anomaly.detected'",
    );
    const [stored] = await postgres.query<{ n: string }>("SELECT count(*) AS n FROM events");
    const latencies = alerted.flatMap(({ id, received_ms }) => {
      const atMs = arrivedMs.get(id);
      return atMs === undefined ? [] : [Math.round(atMs - Number(received_ms))];
    });
    const p95 = quantile(latencies, 0.95);
    return {
      name: "alerting",
      about: `${RATE} events/s for ${DURATION_MS / 1000} s through both Workers, queue, PGlite and webhook`,
      rows: [
        { what: "events sent, accepted", figure: `${sent.requests}, ${sent.statuses["202"] ?? 0}` },
        { what: "events stored", figure: stored?.n ?? "0", target: "all", met: Number(stored?.n) === sent.requests },
        {
          what: "anomalies, alerts raised, webhooks arrived",
          figure: `${alerted.length}, ${raised?.n ?? 0}, ${latencies.length}`,
          target: "as many arrived as raised",
          met: Number(raised?.n) === latencies.length,
        },
        {
          what: "edge answer",
          figure: `P50 ${sent.latencyMsP50.toFixed(1)} ms, P95 ${sent.latencyMsP95.toFixed(1)} ms`,
        },
        {
          what: "ingest to webhook",
          figure: `P50 ${quantile(latencies, 0.5)} ms, P95 ${p95} ms, most ${Math.max(...latencies)} ms`,
          target: "P95 < 1,000 ms",
          met: p95 < 1000,
        },
      ],
    };
  } finally {
    await stop();
    await receiver.close();
  }
}

async function createWebhook(aggregator: URL, key: string, url: URL): Promise<string> {
  const answer = await fetch(new URL("/v1/webhooks", aggregator), {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ url: String(url) }),
  });
  if (answer.status !== 201) throw new Error(`the webhook was not created: ${answer.status}`);
  return ((await answer.json()) as { secret: string }).secret;
}

/** Has every anomaly be an alert of its own, so that the time of each is known. */
async function alertOneByOne(aggregator: URL, key: string): Promise<void> {
  const answer = await fetch(new URL("/v1/alert-rules/rule_default", aggregator), {
    method: "PATCH",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ group_seconds: 0, alerts_per_hour: 1_000 }),
  });
  if (answer.status !== 200) throw new Error(`the alert rule was not changed: ${answer.status}`);
}

/** The nth attempt of card testers who try one stolen card after another; a new machine every 25 cards. */
function stolenCard(nth: number) {
  return {
    id: `evt_bench_stolen_${nth}`,
    name: "payment_failed",
    client_id: `tester-${Math.floor(nth / 25)}`,
    value: 1,
    currency: "GBP",
    payment: { method: "card", card_fingerprint: `stolen-${nth}`, outcome: "declined" },
  };
}
