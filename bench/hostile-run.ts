import * as z from "zod";
import { seededRandom } from "../shared/random.ts";
import { hostileRequests, type HostileRequest } from "./hostile.ts";
import { openHeap } from "./heap.ts";
import { median, sleep } from "./load.ts";
import type { Report } from "./report.ts";
import { grantKey, startWhole, untilOrt } from "./stand.ts";
import { traffic } from "./traffic.ts";

const REQUESTS = 100_000;
const CONNECTIONS = 32;
const SEED = 20_261_121;
/** Memory is looked at after every so many requests. */
const LOOK_EVERY = 5_000;
/** What the first half of a run fills on purpose: caches, profiles in memory, answers to repeated ids. */
const FILLING_SHARE = 0.5;
const SETTLE_DEADLINE_MS = 120_000;

interface Seen {
  statuses: Record<string, number>;
  /** Ids that were answered as accepted or duplicate, so must be found stored. */
  taken: Set<string>;
  /** Answers that are no problem although they refuse. */
  unformed: number;
}

/**
 * Mutated bodies at the real edge, with the whole system behind it: nothing it can be sent may break it, fill its memory, get into
 * the database or put the books out of balance.
 */
export async function hostile(folder: string): Promise<Report> {
  const whole = await startWhole(folder, "hostile", { inspect: true });
  const edgeHeap = await openHeap(whole.workers);
  try {
    await untilOrt(whole.workers.edge);
    const keys = {
      secret: await grantKey(whole.workers, "ingest"),
      publishable: await grantKey(whole.workers, "publishable"),
    };
    const next = hostileRequests(seededRandom(SEED), keys, traffic());
    const seen: Seen = { statuses: {}, taken: new Set(), unformed: 0 };
    const memory: number[] = [];
    let sent = 0;
    const startMs = performance.now();
    const client = async () => {
      while (sent < REQUESTS) {
        sent += 1;
        if (sent % LOOK_EVERY === 0) memory.push((await edgeHeap.usedBytes()) / 2 ** 20);
        await send(whole.workers.edge, next(), seen);
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, client));
    const seconds = (performance.now() - startMs) / 1000;
    const alive = await fetch(new URL("/readyz", whole.workers.edge));
    const books = await settledBooks(whole.workers.aggregator, await grantKey(whole.workers, "analyst"));
    const stored = await whole.postgres.query<{ id: string }>("SELECT id FROM events");
    const storedIds = new Set(stored.map(({ id }) => id));
    const missing = [...seen.taken].filter((id) => !storedIds.has(id)).length;
    const from = Math.floor(memory.length * FILLING_SHARE);
    const middle = Math.floor((from + memory.length) / 2);
    const [early, late] = [median(memory.slice(from, middle)), median(memory.slice(middle))];
    const serverErrors = Object.entries(seen.statuses).filter(([status]) => status.startsWith("5"));
    return {
      name: "hostile",
      about: `${REQUESTS} mutated requests over ${CONNECTIONS} connections, seed ${SEED}, ${(REQUESTS / seconds).toFixed(0)} requests/s, whole system on PGlite`,
      rows: [
        { what: "answers by status", figure: told(seen.statuses) },
        {
          what: "answers of 5xx",
          figure: told(Object.fromEntries(serverErrors)) || "0",
          target: "0",
          met: serverErrors.length === 0,
        },
        {
          what: "refusals that are no problem document",
          figure: String(seen.unformed),
          target: "0",
          met: seen.unformed === 0,
        },
        { what: "ready afterwards", figure: String(alive.status), target: "200", met: alive.status === 200 },
        {
          what: "ids answered as taken, not stored",
          figure: `${missing} of ${seen.taken.size}`,
          target: "0",
          met: missing === 0,
        },
        {
          what: "failed events",
          figure: String(books.failed),
          target: "0: what passes the door can be stored",
          met: books.failed === 0,
        },
        {
          what: "books",
          figure: `received ${books.received} = accepted ${books.accepted} + duplicate ${books.duplicate} + rejected ${books.rejected} + limited ${books.limited}; stored ${books.stored}, failed ${books.failed}, in flight ${books.in_flight}`,
          target: "balanced",
          met: books.balanced && books.in_flight === 0,
        },
        {
          what: "heap of the edge after a collection, medians of the third and the fourth quarter",
          figure: `${early.toFixed(0)} MB, ${late.toFixed(0)} MB`,
          target: "at most 10 % more",
          met: late <= early * 1.1,
        },
      ],
    };
  } finally {
    edgeHeap.close();
    await whole.stop();
  }
}

async function send(edge: URL, { path, headers, body }: HostileRequest, seen: Seen): Promise<void> {
  const answer = await fetch(new URL(path, edge), { method: "POST", headers, body });
  const text = await answer.text();
  seen.statuses[answer.status] = (seen.statuses[answer.status] ?? 0) + 1;
  if (answer.status >= 400) {
    if (answer.headers.get("content-type") !== "application/problem+json") seen.unformed += 1;
    return;
  }
  const { id, status, results } = JSON.parse(text) as Partial<Taken> & { results?: Taken[] }; // the form of both routes' answers
  for (const one of results ?? [{ id: id ?? "", status: status ?? "" }]) {
    if (one.status === "accepted" || one.status === "duplicate") seen.taken.add(one.id);
  }
}

interface Taken {
  id: string;
  status: string;
}

const Books = z.object({
  received: z.number(),
  accepted: z.number(),
  duplicate: z.number(),
  rejected: z.number(),
  limited: z.number(),
  stored: z.number(),
  failed: z.number(),
  in_flight: z.number(),
  balanced: z.boolean(),
});
type Books = z.infer<typeof Books>;

/** The books once nothing is under way any more. @throws Error when that does not come */
async function settledBooks(aggregator: URL, key: string): Promise<Books> {
  const endMs = performance.now() + SETTLE_DEADLINE_MS;
  let before = "";
  for (;;) {
    const answer = await fetch(new URL("/v1/accounting", aggregator), { headers: { authorization: `Bearer ${key}` } });
    const books = Books.parse(await answer.json());
    const now = JSON.stringify(books);
    if (now === before && books.in_flight === 0) return books;
    if (performance.now() > endMs) return books;
    before = now;
    await sleep(3_000);
  }
}

function told(counts: Record<string, number>): string {
  return Object.entries(counts)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([status, count]) => `${count} × ${status}`)
    .join(", ");
}
