import { openReceiver } from "../local/receiver.ts";
import { isFlat, thirds, watchBacklog, type Waiting } from "./backlog.ts";
import { countRows, ownDatabase, storedEvents } from "./database.ts";
import { load, quantile, requireAll, sleep, type LoadResult } from "./load.ts";
import type { Report } from "./report.ts";
import { sized, sizes } from "./sizes.ts";
import { grantKey, startWhole, untilOrt, type Whole } from "./stand.ts";
import { orders } from "./traffic.ts";

const STEADY = { rate: 200, durationMs: sized("SECONDS", 60) * 1000 };
/** Events a second, tried until one is too many. */
const RATES = sizes("RATES", [300, 400, 600, 800, 1_200, 1_600, 2_400, 3_200]);
const TRIED_MS = sized("SECONDS", 30) * 1000;
const CONNECTIONS = 32;
/** Events of an attack a second: often enough to measure, rare enough to be ordinary traffic beside it. */
const ATTACKS = 10;
const SETTLE_MS = 10_000;
const LOOK_MS = 500;
/** A rate counts as kept when nearly all of it was sent in time. */
const KEPT_SHARE = 0.98;

interface Measured {
  rate: number;
  sent: LoadResult;
  backlog: Waiting[];
  stored: number;
  anomalies: number;
  raised: number;
  /** From the intake at the edge to the signed webhook, ms, of each that arrived. */
  latenciesMs: number[];
}

/** Time from the intake of an event at the edge to its signed webhook, the whole system on this machine, at steady rates. */
export async function alerting(folder: string): Promise<Report> {
  const steady = await measureAt(folder, STEADY.rate, STEADY.durationMs);
  const tried: Measured[] = [];
  for (const rate of RATES) {
    const measured = await measureAt(folder, rate, TRIED_MS);
    tried.push(measured);
    if (!isKept(measured)) break;
  }
  const sustained = tried.findLast(isKept) ?? steady;
  return {
    name: "alerting",
    about: `${STEADY.rate} events/s for ${STEADY.durationMs / 1000} s through both Workers, queue, ${steady.database} and webhook; then the highest rate of ${RATES.join(", ")} for ${TRIED_MS / 1000} s at which the backlog stays flat`,
    rows: [...rowsOf(steady, 500), ...rowsOf(sustained, 2_000)],
    tables: [["events/s  backlog, first and last third", ...[steady, ...tried].map(lineOf)]],
  };
}

/** A rate is kept when it was sent, was not answered late, and does not pile up behind. */
function isKept({ rate, sent, backlog }: Measured): boolean {
  return sent.requestsPerSecond >= rate * KEPT_SHARE && isFlat(backlog, rate);
}

function lineOf(measured: Measured): string {
  const { rate, backlog, sent } = measured;
  const { first, last } = thirds(backlog);
  const verdict = isKept(measured) ? "" : `  not kept: ${sent.requestsPerSecond.toFixed(0)} sent`;
  return `${String(rate).padEnd(8)}  ${first.toFixed(0)}, ${last.toFixed(0)}${verdict}`;
}

function rowsOf(measured: Measured, mostMs: number): Report["rows"] {
  const { rate, sent, stored, anomalies, raised, latenciesMs } = measured;
  const p95 = quantile(latenciesMs, 0.95);
  const what = `${rate} events/s`;
  return [
    {
      what: `${what}, sent and stored`,
      figure: `${sent.requests}, ${stored}`,
      target: "all",
      met: stored === sent.requests,
    },
    {
      what: `${what}, anomalies, alerts raised, webhooks arrived`,
      figure: `${anomalies}, ${raised}, ${latenciesMs.length}`,
      target: "as many arrived as raised",
      met: raised === latenciesMs.length && raised > 0,
    },
    {
      what: `${what}, edge answer`,
      figure: `P50 ${sent.latencyMsP50.toFixed(1)} ms, P95 ${sent.latencyMsP95.toFixed(1)} ms`,
    },
    {
      what: `${what}, ingest to webhook`,
      figure: `P50 ${quantile(latenciesMs, 0.5)} ms, P95 ${p95} ms, most ${Math.max(...latenciesMs)} ms`,
      target: `P95 < ${mostMs.toLocaleString("en")} ms`,
      met: p95 < mostMs,
    },
  ];
}

interface AlertBody {
  data: { event: { id: string }; assessment: { score: number } };
}

/** A system of its own for every rate, so that none has to work off what another left. */
async function measureAt(folder: string, rate: number, durationMs: number): Promise<Measured & { database: string }> {
  const database = await ownDatabase();
  const whole = await startWhole(folder, `alerting-${rate}`, { databaseUrl: database.url });
  const { workers, postgres } = whole;
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
    const { sent, backlog } = await sendAt(whole, rate, durationMs);
    await sleep(SETTLE_MS);
    const alerted = await postgres.query<{ id: string; received_ms: string }>(
      "SELECT id, extract(epoch FROM received_at) * 1000 AS received_ms FROM events WHERE anomaly",
    );
    return {
      rate,
      database: database.what,
      sent,
      backlog,
      stored: await countRows(postgres, "events"),
      anomalies: alerted.length,
      raised: await countRows(postgres, "alerts WHERE type = 'anomaly.detected'"),
      latenciesMs: alerted.flatMap(({ id, received_ms }) => {
        const atMs = arrivedMs.get(id);
        return atMs === undefined ? [] : [Math.round(atMs - Number(received_ms))];
      }),
    };
  } finally {
    await whole.stop();
    await receiver.close();
    await database.drop();
  }
}

async function sendAt(
  { workers, postgres }: Whole,
  rate: number,
  durationMs: number,
): Promise<{ sent: LoadResult; backlog: Waiting[] }> {
  const key = await grantKey(workers, "ingest");
  const { bodies } = orders();
  const attackEvery = Math.max(2, Math.round(rate / ATTACKS));
  let answered = 0;
  const count = async () => Math.max(0, answered - (await storedEvents(postgres)));
  const run = () =>
    load({
      url: workers.edge,
      path: "/v1/events",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: (index) => {
        answered = Math.max(0, index - CONNECTIONS + 1);
        return index % attackEvery === 0 ? JSON.stringify(stolenCard(index / attackEvery)) : bodies(index);
      },
      connections: CONNECTIONS,
      durationMs,
      rate,
    });
  const { result: sent, backlog } = await watchBacklog(count, LOOK_MS, run);
  requireAll(sent, "202");
  return { sent, backlog };
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
