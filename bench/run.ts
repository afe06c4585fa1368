import { alerting } from "./alerting.ts";
import { batch } from "./batch.ts";
import { cost } from "./cost.ts";
import { delivery } from "./delivery.ts";
import { growth } from "./growth.ts";
import { hostile } from "./hostile-run.ts";
import { intake } from "./intake.ts";
import { latency } from "./latency.ts";
import { memory } from "./memory.ts";
import { quality } from "./quality.ts";
import { query } from "./query.ts";
import { asText, write, type Report } from "./report.ts";
import { scoring } from "./scoring.ts";
import { snippet } from "./snippet.ts";
import { IS_WRITTEN } from "./sizes.ts";
import { buildAll, scratchFolder } from "./stand.ts";
import { storing } from "./storing.ts";
import { stream } from "./stream.ts";
import { swap } from "./swap.ts";
import { training } from "./training.ts";

/**
 * `npm run bench` measures everything, `npm run bench -- NAME …` what is named. Fails when a target is missed.
 *
 * With `BENCH_DATA=FOLDER` loads are also made of the clickstreams in that folder; see clickstreams.ts. Sizes can be changed, and
 * `BENCH_WRITE=no` keeps the figures out of results.md; see sizes.ts.
 */
const BENCHES: Record<string, (folder: string) => Promise<Report>> = {
  scoring,
  intake,
  batch,
  stream,
  latency,
  storing,
  hostile,
  alerting,
  delivery,
  snippet,
  swap,
  memory,
  growth,
  training,
  quality,
  query,
  cost,
};

const named = process.argv.slice(2);
const unknown = named.filter((name) => !Object.hasOwn(BENCHES, name));
if (unknown.length > 0) {
  process.stderr.write(`There is no bench ${unknown.join(", ")}; there are ${Object.keys(BENCHES).join(", ")}.\n`);
  process.exit(2);
}

const folder = await scratchFolder();
const reports: Report[] = [];
try {
  process.stdout.write("Building the production bundles …\n");
  await buildAll(folder.path);
  for (const [name, bench] of Object.entries(BENCHES)) {
    if (named.length > 0 && !named.includes(name)) continue;
    process.stdout.write(`Measuring ${name} …\n`);
    const report = await bench(folder.path);
    reports.push(report);
    process.stdout.write(`\n${asText(report)}\n`);
  }
} finally {
  await folder.remove();
}
if (IS_WRITTEN) write(reports, new Date().toISOString().slice(0, 10));
process.exitCode = reports.every(({ rows }) => rows.every(({ met }) => met !== false)) ? 0 : 1;
