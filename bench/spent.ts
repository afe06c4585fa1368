import { meanwhile } from "./meanwhile.ts";
import { isPostgres, processorMs } from "./processes.ts";
import type { Whole } from "./stand.ts";

/** What the parts of a system used of the processor, ms. */
export interface Spent {
  edge: number;
  aggregator: number;
  /** Null where the server is none of this machine's, or is part of the bench's own process. */
  postgres: number | null;
  /** The bench itself: it sends the events, and speaks to Postgres for the Workers. */
  own: number;
}

/** A connection that is idle is closed after 10 s, and its process is gone with what it used. */
const LOOK_MS = 1_000;

/** Does work and tells what it took. One runtime for both Workers counts as each of them. */
export async function countSpent<T>(
  { pids, postgres }: Whole,
  work: () => Promise<T>,
): Promise<{ result: T; spent: Spent }> {
  const backends = new Map<number, { fromMs: number; toMs: number }>();
  const look = async (isFirst = false) => {
    if (postgres.kind !== "server") return;
    const rows = await postgres.query<{ pid: number }>(
      "SELECT pid FROM pg_stat_activity WHERE datname = current_database()",
    );
    for (const { pid } of rows.filter((row) => isPostgres(row.pid))) {
      const toMs = processorMs([pid]);
      backends.set(pid, { fromMs: backends.get(pid)?.fromMs ?? (isFirst ? toMs : 0), toMs });
    }
  };
  await look(true);
  const groups = [pids.edge, pids.aggregator, [process.pid]];
  const before = groups.map(processorMs);
  const result = await meanwhile(LOOK_MS, work, look);
  const [edge = 0, aggregator = 0, own = 0] = groups.map((group, at) => processorMs(group) - (before[at] ?? 0));
  await look();
  const server = [...backends.values()].reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  return { result, spent: { edge, aggregator, own, postgres: backends.size === 0 ? null : server } };
}

/** In words, an event. */
export function spentWords({ edge, aggregator, postgres, own }: Spent, events: number): string {
  const each = (ms: number) => (ms / events).toFixed(3);
  const server = postgres === null ? "" : `, Postgres ${each(postgres)}`;
  return `edge ${each(edge)}, aggregator ${each(aggregator)}${server}, the bench itself ${each(own)}`;
}
