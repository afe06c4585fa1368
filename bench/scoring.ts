import { median } from "./load.ts";
import { startInstead } from "./stand.ts";
import type { Report } from "./report.ts";

const ROUNDS = 5;
const CASES = [
  { what: "ONNX Runtime, one row", reader: "ort", rows: 1, runs: 5_000 },
  { what: "ONNX Runtime, batch of 100", reader: "ort", rows: 100, runs: 1_000 },
  { what: "plain reader, one row", reader: "plain", rows: 1, runs: 50_000 },
  { what: "plain reader, batch of 100", reader: "plain", rows: 100, runs: 1_000 },
] as const;

/** Microseconds a row of each reader of `global@v0` in workerd, timed from outside: the runtime's own clock stands still while it computes. */
export async function scoring(folder: string): Promise<Report> {
  const workers = await startInstead(folder, "scoring");
  const time = async (reader: string, rows: number, runs: number) => {
    const startMs = performance.now();
    const answer = await fetch(new URL(`/?reader=${reader}&rows=${rows}&runs=${runs}`, workers.edge));
    if (!answer.ok) throw new Error(`the scoring Worker answered ${answer.status}`);
    await answer.arrayBuffer();
    return performance.now() - startMs;
  };
  try {
    const rows: Report["rows"] = [];
    for (const { what, reader, rows: rowCount, runs } of CASES) {
      await time(reader, rowCount, runs);
      const perRowUs: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const aroundMs = await time(reader, rowCount, 1);
        perRowUs.push((((await time(reader, rowCount, runs + 1)) - aroundMs) * 1000) / (runs * rowCount));
      }
      rows.push({
        what,
        figure: `${median(perRowUs).toFixed(2)} µs a row (${Math.min(...perRowUs).toFixed(2)}–${Math.max(...perRowUs).toFixed(2)})`,
      });
    }
    return { name: "scoring", about: `global@v0 in workerd, median of ${ROUNDS} rounds`, rows };
  } finally {
    await workers.stop();
  }
}
