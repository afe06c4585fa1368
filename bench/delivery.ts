import { createServer, type Server } from "node:http";
import { listen, stopListening } from "../local/listen.ts";
import type { LocalPostgres } from "../local/postgres.ts";
import { median, quantile } from "./load.ts";
import type { Report } from "./report.ts";
import { grantKey, startWhole, type Whole } from "./stand.ts";

const ENDPOINTS = 8;
/** Alerts of a round for each endpoint. */
const ALERTS = 40;
const ROUNDS = 5;
const CRON = "* * * * *";

/** Deliveries of one round that were taken: how many a second, and how long after the round began. */
interface Round {
  perSecond: number;
  msP95: number;
  /** From the beginning to the end of the cron that made them. */
  runMs: number;
}

/**
 * Deliveries by the cron of the aggregator as it is deployed, to endpoints of which none or half are dead. Of the dead ones half take a
 * request and are silent, and at the other half nobody listens.
 */
export async function delivery(folder: string): Promise<Report> {
  const whole = await startWhole(folder, "delivery");
  const taken = new Map<string, number>();
  const living = await serveWith((id, answer) => {
    taken.set(id, performance.now());
    answer();
  });
  const silent = await serveWith(() => undefined);
  const deserted = await portOfNobody();
  try {
    const key = await grantKey(whole.workers, "operator");
    const create = (ports: readonly number[]) => createWebhooks(whole.workers.aggregator, key, ports);
    const half = Array<number>(ENDPOINTS / 2).fill(living.port);
    const allAlive = await create([...half, ...half]);
    const aliveHalf = await create(half);
    const deadHalf = await create(half.map((_, index) => (index % 2 === 0 ? silent.port : deserted)));
    const round = (alive: readonly string[], dead: readonly string[] = []) => runRound(whole, taken, alive, dead);

    await round(allAlive); // warms up
    const dying = await round(aliveHalf, deadHalf);
    await untilClosedOff(whole, deadHalf, () => round(aliveHalf, deadHalf));
    const none: Round[] = [];
    const halfDead: Round[] = [];
    for (let at = 0; at < ROUNDS; at++) {
      none.push(await round(allAlive));
      halfDead.push(await round(aliveHalf, deadHalf));
    }
    const ratios = halfDead.map(({ perSecond }, at) => perSecond / (none[at]?.perSecond ?? NaN));
    return {
      name: "delivery",
      about: `${ALERTS} alerts for each of ${ENDPOINTS} endpoints a run of the cron, on PGlite, ${ROUNDS} rounds in turns; medians`,
      rows: [
        { what: "none dead", figure: figureOf(none) },
        { what: "half dead, those that live", figure: figureOf(halfDead) },
        {
          what: "half dead over none dead, deliveries a second",
          figure: `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)})`,
          target: "≥ 0.9",
          met: median(ratios) >= 0.9,
        },
        {
          what: "in the run in which half die, those that live",
          figure: figureOf([dying]),
          target: "P95 below the deadline of an attempt, 15 s",
          met: dying.msP95 < 15_000,
        },
      ],
    };
  } finally {
    await whole.stop();
    await Promise.all([living, silent].map(({ server }) => stopListening(server, 0)));
  }
}

function figureOf(rounds: readonly Round[]): string {
  const [perSecond, msP95, runMs] = (["perSecond", "msP95", "runMs"] as const).map((name) =>
    median(rounds.map((round) => round[name])),
  );
  return `${perSecond?.toFixed(0)} deliveries/s, P95 after ${msP95?.toFixed(0)} ms, run over after ${runMs?.toFixed(0)} ms`;
}

let rounds = 0;

/** Makes alerts for all webhooks and runs the cron. @throws Error when one for a webhook that lives was not delivered */
async function runRound(
  { workers, postgres }: Whole,
  taken: Map<string, number>,
  alive: readonly string[],
  dead: readonly string[],
): Promise<Round> {
  rounds += 1;
  await insertAlerts(postgres, rounds, [...alive, ...dead]);
  taken.clear();
  const startMs = performance.now();
  await workers.runCron(CRON);
  const runMs = performance.now() - startMs;
  const latencies = [...taken.values()].map((atMs) => atMs - startMs);
  if (latencies.length !== alive.length * ALERTS)
    throw new Error(`${latencies.length} of ${alive.length * ALERTS} alerts were delivered`);
  return {
    perSecond: (latencies.length * 1000) / Math.max(...latencies),
    msP95: quantile(latencies, 0.95),
    runMs,
  };
}

/** Alerts of a usual size, due now. */
async function insertAlerts(postgres: LocalPostgres, round: number, webhooks: readonly string[]): Promise<void> {
  const data = {
    alert: { id: "alt_bench", type: "anomaly.detected", title: "Unusual purchase" },
    event: { id: "evt_bench", name: "purchase", properties: { note: "x".repeat(1_000) } },
    assessment: { score: 0.93, reasons: [{ code: "card_velocity_1h", detail: "14 orders with this card in 1 h" }] },
    links: { self: "http://127.0.0.1:8788/v1/anomalies/ano_evt_bench" },
  };
  await postgres.query(
    `WITH alerted AS (
       INSERT INTO alerts (id, type, dedup_key, data)
       SELECT format('alt_%s_%s', $1::int, n), 'anomaly.detected', format('bench:%s:%s', $1::int, n), $2::jsonb
       FROM generate_series(1, $3::int) n
       RETURNING id
     )
     INSERT INTO deliveries (id, alert_id, webhook_id)
     SELECT format('msg_%s_%s', alerted.id, webhook_id), alerted.id, webhook_id
     FROM alerted, jsonb_array_elements_text($4::jsonb) webhook_id`,
    [round, JSON.stringify(data), ALERTS, JSON.stringify(webhooks)],
  );
}

/** Rounds until the circuits of the dead are open: refusals come at once, so it takes more of them than silences. */
async function untilClosedOff(
  { postgres }: Whole,
  dead: readonly string[],
  round: () => Promise<Round>,
): Promise<void> {
  for (let tried = 0; tried < 5; tried++) {
    const [open] = await postgres.query<{ n: string }>(
      "SELECT count(*) AS n FROM webhooks WHERE open_until IS NOT NULL AND id = ANY (SELECT jsonb_array_elements_text($1::jsonb))",
      [JSON.stringify(dead)],
    );
    if (Number(open?.n) === dead.length) return;
    await round();
  }
  throw new Error("the circuits of the dead endpoints do not open");
}

async function createWebhooks(aggregator: URL, key: string, ports: readonly number[]): Promise<string[]> {
  const made: string[] = [];
  for (const port of ports) {
    const answer = await fetch(new URL("/v1/webhooks", aggregator), {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({ url: `http://127.0.0.1:${port}/` }),
    });
    if (answer.status !== 201) throw new Error(`the webhook was not created: ${answer.status}`);
    made.push(((await answer.json()) as { id: string }).id);
  }
  return made;
}

/** @param take gets the `webhook-id` of each request, and what answers it */
async function serveWith(take: (id: string, answer: () => void) => void): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    request.resume().on("end", () => take(String(request.headers["webhook-id"]), () => response.writeHead(204).end()));
  });
  return { server, port: await listen(server, 0) };
}

/** A port at which nobody listens. */
async function portOfNobody(): Promise<number> {
  const server = createServer();
  const port = await listen(server, 0);
  await stopListening(server, 0);
  return port;
}
