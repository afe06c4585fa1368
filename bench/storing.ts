import { isFlat, thirds } from "./backlog.ts";
import { countRows, ownDatabase, storedEvents } from "./database.ts";
import { median } from "./load.ts";
import { pour, type Poured } from "./pour.ts";
import { TIME_OF } from "./processes.ts";
import type { Report } from "./report.ts";
import { sized } from "./sizes.ts";
import { countSpent, spentWords } from "./spent.ts";
import { startWhole, untilOrt, type Whole } from "./stand.ts";
import { traffics, type Traffic } from "./traffic.ts";

const MAXIMUM_MS = sized("SECONDS", 40) * 1000;
const WARM_UP_MS = 5_000;
const SUSTAINED = { rate: sized("RATE", 5_000), durationMs: sized("SECONDS", 60) * 1000 };
const LEAST = 0.6;
const FLOOR = { rows: 20_000, rowsOfStatement: 500, connections: 4, rounds: 3 };

interface Maximum {
  storedPerSecond: number;
  floorPerSecond: number;
  /** Of the processor, ms an event, and bytes of the database an event. */
  costs: string;
}

/** Accepted events a second that are in Postgres with their sums and alerts, and whether a rate that is to be borne can be. */
export async function storing(folder: string): Promise<Report> {
  const rows: Report["rows"] = [];
  const lines: string[] = [];
  let database = "";
  for (const traffic of await traffics()) {
    const together = await withWhole(folder, false, (whole) => measureMaximum(whole, traffic));
    const apart = await withWhole(folder, true, (whole) => measureMaximum(whole, traffic));
    const sustained = await withWhole(folder, true, (whole) => pour(whole, { traffic, ...SUSTAINED }));
    database = apart.database;
    rows.push(...rowsOf(traffic.what, together.result, apart.result), sustainedRow(traffic.what, sustained.result));
    lines.push(...curveOf(traffic.what, sustained.result));
  }
  return {
    name: "storing",
    about: `batches through edge, queue and aggregator into ${database}, all on this machine; in production each Worker has a runtime of its own, so two are what counts, with a relay between their queues that is part of the cost`,
    rows,
    tables: [lines],
  };
}

function rowsOf(what: string, together: Maximum, apart: Maximum): Report["rows"] {
  const ratio = apart.storedPerSecond / apart.floorPerSecond;
  return [
    { what: `${what}, floor: the same rows from plain Node`, figure: `${apart.floorPerSecond.toFixed(0)} events/s` },
    { what: `${what}, both Workers in one runtime`, figure: `${together.storedPerSecond.toFixed(0)} events/s` },
    { what: `${what}, a runtime each`, figure: `${apart.storedPerSecond.toFixed(0)} events/s` },
    { what: `${what}, over floor`, figure: ratio.toFixed(2), target: `≥ ${LEAST}`, met: ratio >= LEAST },
    { what: `${what}, costs`, figure: apart.costs },
  ];
}

function sustainedRow(what: string, { accepted, backlog }: Poured): Report["rows"][number] {
  const { rate, durationMs } = SUSTAINED;
  const { first, last } = thirds(backlog);
  const perSecond = (accepted * 1000) / durationMs;
  return {
    what: `${what}, ${rate.toLocaleString("en")} events/s for ${durationMs / 1000} s`,
    figure: `${perSecond.toFixed(0)} events/s accepted, backlog ${first.toFixed(0)} in the first third, ${last.toFixed(0)} in the last`,
    target: "all accepted, backlog flat",
    met: perSecond >= rate * 0.99 && isFlat(backlog, rate),
  };
}

/** The backlog every few seconds. */
function curveOf(what: string, { backlog }: Poured): string[] {
  const every = Math.max(1, Math.floor(backlog.length / 20));
  const shown = backlog.filter((_waiting, index) => index % every === 0);
  return [
    `${what}: seconds and events waiting at ${SUSTAINED.rate.toLocaleString("en")} events/s`,
    shown.map(({ atMs }) => (atMs / 1000).toFixed(0).padStart(7)).join(""),
    shown.map(({ count }) => count.toFixed(0).padStart(7)).join(""),
  ];
}

/** A system of its own, and a database that is gone afterwards. */
async function withWhole<T>(
  folder: string,
  isApart: boolean,
  work: (whole: Whole) => Promise<T>,
): Promise<{ result: T; database: string }> {
  const database = await ownDatabase();
  const name = `storing-${crypto.randomUUID()}`;
  const whole = await startWhole(folder, name, { databaseUrl: database.url, isApart });
  try {
    await untilOrt(whole.workers.edge);
    return { result: await work(whole), database: database.what };
  } finally {
    await whole.stop();
    await database.drop();
  }
}

async function measureMaximum(whole: Whole, traffic: Traffic): Promise<Maximum> {
  await pour(whole, { traffic, durationMs: WARM_UP_MS, run: "warm" });
  const { result, spent } = await countSpent(whole, () => pour(whole, { traffic, durationMs: MAXIMUM_MS }));
  const { accepted, storedPerSecond } = result;
  await requireWhole(whole);
  const bytes = (await sizeOf(whole)) / (await storedEvents(whole.postgres));
  return {
    storedPerSecond,
    floorPerSecond: await measureFloor(whole),
    costs: `${TIME_OF} ms an event: ${spentWords(spent, accepted)}; ${bytes.toFixed(0)} bytes in the database`,
  };
}

/** @throws Error unless every event has its row, its place in the sums, and its alert where it is an anomaly */
async function requireWhole({ postgres }: Whole): Promise<void> {
  const [rows, summed] = [await countRows(postgres, "events"), await storedEvents(postgres)];
  if (rows !== summed) throw new Error(`${rows} rows, and ${summed} events in the sums`);
  const [anomalies, unraised] = [
    await countRows(postgres, "anomalies"),
    await countRows(postgres, "anomalies WHERE unraised"),
  ];
  if (unraised > 0) throw new Error(`${unraised} of ${anomalies} anomalies are not raised`);
  const failed = await countRows(postgres, "failed_events");
  if (failed > 0) throw new Error(`${failed} events failed`);
}

async function sizeOf({ postgres }: Whole): Promise<number> {
  const [row] = await postgres.query<{ bytes: string }>("SELECT pg_database_size(current_database()) AS bytes");
  return Number(row?.bytes);
}

/** Events a second of the rows that were stored, inserted again from here with one parameter, into a table with the same indexes. */
async function measureFloor(whole: Whole): Promise<number> {
  const { postgres } = whole;
  const { rows, rowsOfStatement, connections, rounds } = FLOOR;
  await postgres.exec("CREATE TABLE floor (LIKE events INCLUDING ALL)");
  const stored = await postgres.query<{ record: string }>(
    "SELECT to_jsonb(e)::text AS record FROM events AS e ORDER BY received_at DESC LIMIT $1",
    [rows],
  );
  const statements: string[] = [];
  for (let at = 0; at < stored.length; at += rowsOfStatement) {
    statements.push(
      `[${stored
        .slice(at, at + rowsOfStatement)
        .map(({ record }) => record)
        .join(",")}]`,
    );
  }
  const perSecond: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await postgres.exec("TRUNCATE floor");
    const startMs = performance.now();
    const left = [...statements];
    const connection = async () => {
      for (let next = left.pop(); next !== undefined; next = left.pop())
        await postgres.query("INSERT INTO floor SELECT * FROM jsonb_populate_recordset(NULL::floor, $1::jsonb)", [
          next,
        ]);
    };
    await Promise.all(Array.from({ length: connections }, connection));
    perSecond.push((stored.length * 1000) / (performance.now() - startMs));
  }
  if ((await countRows(postgres, "floor")) !== stored.length) throw new Error("the floor did not store its rows");
  return median(perSecond);
}
