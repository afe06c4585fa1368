import { KeptEvent } from "../shared/event.ts";
import { median } from "./load.ts";
import { startInstead } from "./stand.ts";
import type { Report } from "./report.ts";
import { sliceEvents } from "./traffic.ts";

const ROUNDS = 5;
const CASES = [
  { what: "ONNX Runtime, one row", part: "ort", rows: 1, runs: 5_000 },
  { what: "ONNX Runtime, batch of 100", part: "ort", rows: 100, runs: 1_000 },
  { what: "plain reader, one row", part: "plain", rows: 1, runs: 50_000 },
  { what: "plain reader, batch of 100", part: "plain", rows: 100, runs: 1_000 },
  { what: "feature vector of an order", part: "features", rows: 100, runs: 500 },
  { what: "rules, calibration, decision and reasons of an order", part: "assess", rows: 100, runs: 500 },
] as const;

/** What one event of a batch may cost to score, all of it together: ONNX Runtime, features, and what is made of them. */
const ALL_MOST_US = 20;

/**
 * Microseconds a row of each reader of `global@v0`, and of what is around it, in workerd, timed from outside: the runtime's own clock
 * stands still while it computes.
 */
export async function scoring(folder: string): Promise<Report> {
  const workers = await startInstead(folder, "scoring");
  const time = async (part: string, rows: number, runs: number) => {
    const startMs = performance.now();
    const answer = await fetch(new URL(`/?part=${part}&rows=${rows}&runs=${runs}`, workers.edge));
    if (!answer.ok) throw new Error(`the scoring Worker answered ${answer.status}`);
    await answer.arrayBuffer();
    return performance.now() - startMs;
  };
  try {
    await fetch(workers.edge, { method: "POST", body: JSON.stringify(orders()) });
    const rows: Report["rows"] = [];
    const mediansUs = new Map<string, number>();
    for (const { what, part, rows: rowCount, runs } of CASES) {
      await time(part, rowCount, runs);
      const perRowUs: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const aroundMs = await time(part, rowCount, 1);
        perRowUs.push((((await time(part, rowCount, runs + 1)) - aroundMs) * 1000) / (runs * rowCount));
      }
      mediansUs.set(part, median(perRowUs)); // of ONNX Runtime and the plain reader, that of the batch stays
      rows.push({
        what,
        figure: `${median(perRowUs).toFixed(2)} µs (${Math.min(...perRowUs).toFixed(2)}–${Math.max(...perRowUs).toFixed(2)})`,
      });
    }
    const allUs = ["ort", "features", "assess"].reduce((sum, part) => sum + (mediansUs.get(part) ?? NaN), 0);
    rows.push({
      what: "all of it, an event in a batch",
      figure: `${allUs.toFixed(1)} µs`,
      target: `≤ ${ALL_MOST_US} µs`,
      met: allUs <= ALL_MOST_US,
    });
    return { name: "scoring", about: `global@v0 in workerd, median of ${ROUNDS} rounds; orders of the slice`, rows };
  } finally {
    await workers.stop();
  }
}

/** The slice's orders as the edge keeps them. */
function orders(): KeptEvent[] {
  return sliceEvents().flatMap(({ event, atMs }) => {
    const { email: _email, sent_at: _sentAt, context: _context, ...kept } = event;
    return event.name === "purchase" ? [KeptEvent.parse({ ...kept, timestamp: new Date(atMs).toISOString() })] : [];
  });
}
