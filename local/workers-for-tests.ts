import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const CONFIG = `
name = "pulseecom"
compatibility_date = "2026-11-01"
compatibility_flags = ["global_fetch_strictly_public"]

[env.edge]
name = "pulseecom-edge"
main = "edge.ts"
rules = [{ type = "Data", globs = ["**/*.onnx"], fallthrough = true }]
vars = { COLOUR = "red", SIZE = "7" }
secrets = { required = ["SECRET"] }
queues.producers = [{ binding = "ASSESSMENTS", queue = "pulseecom-assessments" }]

[env.aggregator]
name = "pulseecom-aggregator"
main = "aggregator.ts"
kv_namespaces = [{ binding = "CONFIG", id = "0000000000000000000000000000c0f1" }]
triggers.crons = ["* * * * *", "0 3 * * MON"]
[[env.aggregator.queues.consumers]]
queue = "pulseecom-assessments"
max_batch_size = 100
max_batch_timeout = 1
max_retries = 0
dead_letter_queue = "pulseecom-assessments-dead"
[[env.aggregator.queues.consumers]]
queue = "pulseecom-assessments-dead"
max_batch_size = 100
max_batch_timeout = 1
`;

/** Puts a body on the queue, fetches `?url`, or tells what it is given. */
const EDGE = `
import model from "./tiny.onnx";

export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url);
    console.log("first line\\nsecond line");
    if (pathname === "/send") {
      await env.ASSESSMENTS.send(await request.json());
      return new Response(null, { status: 202 });
    }
    if (pathname === "/fetch") return fetch(searchParams.get("url"));
    const { COLOUR, SIZE, SECRET } = env;
    const modelBytes = model.byteLength;
    return Response.json({ COLOUR, SIZE, SECRET, country: request.cf?.country, modelBytes });
  },
};
`;

/** Notes under `queue/id` what it consumed, and answers all notes. */
const AGGREGATOR = `
export default {
  async fetch(_, env) {
    const { keys } = await env.CONFIG.list();
    return Response.json(keys.map(({ name }) => name));
  },
  async queue(batch, env) {
    for (const { body } of batch.messages) {
      if (body.fails && batch.queue === "pulseecom-assessments") throw new Error("cannot store");
      await env.CONFIG.put(batch.queue + "/" + body.id, "");
    }
  },
  async scheduled({ cron }, env) {
    if (cron === "0 3 * * MON") throw new Error("not on Mondays");
    await env.CONFIG.put("cron/" + cron, "");
  },
};
`;

export interface WorkersFixture {
  folder: string;
  configPath: string;
  bundleDir: string;
  remove(): void;
}

/** Two tiny Workers with the names, bindings and queues of the real ones, not built yet. */
export function writeWorkersFixture(): WorkersFixture {
  const folder = mkdtempSync(join(tmpdir(), "workers-"));
  const files = { "wrangler.toml": CONFIG, "edge.ts": EDGE, "aggregator.ts": AGGREGATOR };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, "tiny.onnx"), new Uint8Array(3));
  return {
    folder,
    configPath: join(folder, "wrangler.toml"),
    bundleDir: join(folder, "bundles"),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
