import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { median } from "./load.ts";
import type { Report } from "./report.ts";
import { TRAINED_ROWS, type Trained, type TrainedKind } from "./training-run.ts";

const ROUNDS = 3;
/** A Worker has 128 MB in all. */
const ABOVE_INPUT_MOST_MB = 100;
const KINDS: readonly [what: string, kind: TrainedKind][] = [
  ["isolation forest", "forest"],
  ["client model: logistic regression", "logistic"],
  ["client model: boosted trees", "boosted"],
];

const RUN = fileURLToPath(new URL("training-run.ts", import.meta.url));

/** Processor seconds and memory that training takes in Node, each model in processes of its own so that only its own memory is seen. */
export async function training(): Promise<Report> {
  const rows: Report["rows"] = [];
  let width = 0;
  for (const [what, kind] of KINDS) {
    const runs: Trained[] = [];
    for (let round = 0; round < ROUNDS; round++) runs.push(await trainApart(kind));
    const seconds = runs.map((run) => run.seconds);
    const aboveMb = Math.max(...runs.map((run) => run.aboveInputMb));
    width = Math.max(width, ...runs.map((run) => run.width));
    rows.push({
      what,
      figure: `${median(seconds).toFixed(2)} s (${Math.min(...seconds).toFixed(2)}–${Math.max(...seconds).toFixed(2)}), at most ${aboveMb.toFixed(0)} MB above the rows`,
      target: `≤ ${ABOVE_INPUT_MOST_MB} MB`,
      met: aboveMb <= ABOVE_INPUT_MOST_MB,
    });
  }
  const about = `${TRAINED_ROWS} rows of ${width} values, one thread of Node, median of ${ROUNDS} processes`;
  return { name: "training", about, rows };
}

async function trainApart(kind: TrainedKind): Promise<Trained> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", RUN, kind]);
  return JSON.parse(stdout) as Trained; // of our own process
}
