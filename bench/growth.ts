import { drizzle } from "drizzle-orm/node-postgres";
import { Client } from "pg";
import { openDatabase } from "../local/database.ts";
import { migrate } from "../local/migrate.ts";
import { createOwnDatabase, hasServer } from "../local/server-for-tests.ts";
import { seededRandom } from "../shared/random.ts";
import { EVENTS as BATCH_EVENTS } from "./batches.ts";
import { bytesOnDisk } from "./kept.ts";
import { sleep } from "./load.ts";
import { ENTITIES_OF_PERSON, orderOf } from "./people.ts";
import { pour } from "./pour.ts";
import { processorMs, TIME_OF, workerdPids } from "./processes.ts";
import { fill } from "./query/fill.ts";
import type { Report } from "./report.ts";
import { sendBatches } from "./send-batches.ts";
import { sized, sizes } from "./sizes.ts";
import { countSpent } from "./spent.ts";
import { startEdgeAlone, startWhole, untilOrt } from "./stand.ts";
import { shop } from "./traffic.ts";

/** Entities in the profile store, and events in Postgres, at which the cost of an event is measured. */
const ENTITIES = sizes("ENTITIES", [10_000, 30_000, 100_000, 300_000, 1_000_000]);
const STORED = sizes("STORED", [0, 100_000, 1_000_000, 5_000_000]);
/** Orders of people who are known, drawn evenly from all: as bad for a cache as it gets. */
const RETURNING = sized("RETURNING", 20_000);
const POUR_MS = sized("SECONDS", 30) * 1000;
const WARM_UP_MS = 5_000;
/** What is put off until later, such as writing, is over by then, and counted with what caused it. */
const SETTLE_MS = sized("SETTLE_SECONDS", 40) * 1000;
/** What counts as flat, from the smallest to the largest. */
const MORE_MOST = 1.25;
const SEED = 20_261_121;

interface Point {
  entities: number;
  /** Microseconds an event: of people never seen, and of those who are known. */
  newUs: number;
  returningUs: number;
  /** On disk, an entity, with the ids of the events. */
  bytes: number;
}

interface StoredPoint {
  stored: number;
  perSecond: number;
  /** Microseconds an event. */
  workersUs: number;
  postgresUs: number;
}

/** What an event costs while the profile store and the database grow. */
export async function growth(folder: string): Promise<Report> {
  const points = await growStore(folder);
  const stored = (await hasServer()) ? await growDatabase(folder) : [];
  return {
    name: "growth",
    about: `${TIME_OF} time of the runtime an event: orders in batches with ${ENTITIES_OF_PERSON} entities each into one profile store, with all that is written later; a shop's events into Postgres`,
    rows: [
      flatRow(
        "people never seen, fewest and most entities",
        points.map(({ newUs }) => newUs),
      ),
      flatRow(
        "people who are known, fewest and most entities",
        points.map(({ returningUs }) => returningUs),
      ),
      stored.length === 0
        ? { what: "Postgres", figure: "not measured: there is no Postgres server on this machine" }
        : flatRow(
            "storing, Workers and Postgres, fewest and most stored",
            stored.map(({ workersUs, postgresUs }) => workersUs + postgresUs),
          ),
    ],
    tables: [
      [
        "  entities  µs an event: new people  known people  bytes an entity",
        ...points.map(
          ({ entities, newUs, returningUs, bytes }) =>
            `${counted(entities)}${tenth(newUs).padStart(25)}${tenth(returningUs).padStart(14)}${bytes.toFixed(0).padStart(17)}`,
        ),
      ],
      [
        "    stored  µs an event: Workers    Postgres  events/s",
        ...stored.map(
          (point) =>
            `${counted(point.stored)}${tenth(point.workersUs).padStart(22)}${tenth(point.postgresUs).padStart(12)}${point.perSecond.toFixed(0).padStart(10)}`,
        ),
      ],
    ],
  };
}

function counted(count: number): string {
  return count.toLocaleString("en").padStart(10);
}

function tenth(us: number): string {
  return us.toFixed(1);
}

function flatRow(what: string, us: readonly number[]): Report["rows"][number] {
  const [first = NaN, last = NaN] = [us[0], us.at(-1)];
  return {
    what,
    figure: `${tenth(first)} µs, ${tenth(last)} µs`,
    target: `at most ${Math.round((MORE_MOST - 1) * 100)} % more`,
    met: last <= first * MORE_MOST,
  };
}

async function growStore(folder: string): Promise<Point[]> {
  const others = workerdPids();
  const edge = await startEdgeAlone(folder);
  const pids = workerdPids().filter((pid) => !others.includes(pid));
  const random = seededRandom(SEED);
  const points: Point[] = [];
  let people = 0;
  let sent = 0;
  const costUs = async (events: number, personOf: () => number) => {
    const before = processorMs(pids);
    await sendBatches(edge, events, () => orderOf(personOf(), sent++));
    await sleep(SETTLE_MS);
    return ((processorMs(pids) - before) * 1000) / events;
  };
  try {
    await untilOrt(edge.workers.edge);
    await costUs(RETURNING / 10, () => people++); // compiles what runs often
    for (const entities of ENTITIES) {
      const missing = Math.max(BATCH_EVENTS, entities / ENTITIES_OF_PERSON - people);
      const newUs = await costUs(missing, () => people++);
      const returningUs = await costUs(RETURNING, () => Math.floor(random() * people));
      const known = people * ENTITIES_OF_PERSON;
      points.push({ entities: known, newUs, returningUs, bytes: (await bytesOnDisk(edge.stateDir)) / known });
    }
    return points;
  } finally {
    await edge.stop();
  }
}

/** Each size in a database of its own, as it is filled as a whole. */
async function growDatabase(folder: string): Promise<StoredPoint[]> {
  const points: StoredPoint[] = [];
  for (const stored of STORED) {
    const database = await createOwnDatabase();
    try {
      await fillDatabase(database.url, stored);
      points.push({ stored, ...(await measureStoring(folder, database.url)) });
    } finally {
      await database.drop();
    }
  }
  return points;
}

async function fillDatabase(url: string, events: number): Promise<void> {
  const database = await openDatabase({ databaseUrl: url });
  await migrate(database);
  await database.close();
  if (events === 0) return;
  const client = new Client({ connectionString: url });
  await client.connect();
  await fill(drizzle({ client }), events, Date.now());
  await client.end();
}

async function measureStoring(folder: string, databaseUrl: string): Promise<Omit<StoredPoint, "stored">> {
  const whole = await startWhole(folder, `growth-${crypto.randomUUID()}`, { databaseUrl, isApart: true });
  try {
    await untilOrt(whole.workers.edge);
    const traffic = shop();
    await pour(whole, { traffic, durationMs: WARM_UP_MS, run: "warm" });
    const { result, spent } = await countSpent(whole, () => pour(whole, { traffic, durationMs: POUR_MS }));
    const { accepted, storedPerSecond } = result;
    return {
      perSecond: storedPerSecond,
      workersUs: ((spent.edge + spent.aggregator) * 1000) / accepted,
      postgresUs: ((spent.postgres ?? 0) * 1000) / accepted,
    };
  } finally {
    await whole.stop();
  }
}
