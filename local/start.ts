/**
 * `npm start`: the whole product on this machine, and the demo. What is started is stopped in reverse at Ctrl-C or SIGTERM: nothing more
 * is let in, what was accepted is kept, everything ends. The exit code is 0 after that, else 1 with a line that says why.
 */
import { counted } from "../shared/number-words.ts";
import { seconds } from "./alert-line.ts";
import { createAlertWatch, type AlertWatch } from "./alert-watch.ts";
import { openWorkersLog, takeDataFolder, type WorkersLog } from "./data-folder.ts";
import { runDemo } from "./demo.ts";
import { localFileIn, openSecrets, writeLocalFile, type LocalFile } from "./local-files.ts";
import * as parts from "./parts.ts";
import type { LocalPostgres } from "./postgres.ts";
import { untilReady } from "./readiness.ts";
import { readSettings, USUAL_SHOP_PORT, type Settings } from "./settings.ts";
import type { Shop } from "./shop/shop.ts";
import { showSteps } from "./steps.ts";
import { onNpmGone, onStopSignals } from "./stop-signals.ts";
import { alertsOf, countEvents, receivedAtMs } from "./stored-events.ts";
import { createTeardown } from "./teardown.ts";
import { openTerminal } from "./terminal.ts";

/**
 * Everything ends within 10 s unless there is more to keep than can be written in that time, which this is the end of. See shutdown.ts.
 */
const STOP_DEADLINE_MS = 30_000;

const RUNTIMES = {
  ort: "ONNX Runtime",
  plain: "the plain reader (ONNX Runtime did not start)",
  none: "nothing",
} as const;

/** Everything that runs, and where. */
interface Running {
  postgres: LocalPostgres;
  watch: AlertWatch;
  local: LocalFile;
}

const terminal = openTerminal(process.stdout, process.env);
const teardown = createTeardown();
const stopping = new AbortController();
const { signal } = stopping;
const beginStop = () => stopping.abort(new Error("stopped"));
onStopSignals(process, { stop: beginStop, endNow: () => process.exit(130) });
onNpmGone(process.env, () => process.ppid, beginStop);
// Whoever reads along may leave first, as `| head` does; that must not end this before it is stopped.
process.stdout.on("error", () => {});

try {
  const settings = readSettings(process.env, process.argv.slice(2));
  const running = await bringUp(settings);
  if (settings.mode !== "no-demo") await demonstrate(settings, running);
  if (settings.mode !== "demo-only") await serve(settings, running);
} catch (error) {
  if (!signal.aborted) fail(messageOf(error));
}
await stop();

async function bringUp(settings: Settings): Promise<Running> {
  await parts.requireFreePorts(settings);
  const lock = takeDataFolder(settings.dataDir);
  teardown.add("the data folder", async () => lock.release());
  const log = openWorkersLog(settings.dataDir);
  teardown.add("the log", () => log.close());
  try {
    return await startParts(settings, log);
  } catch (error) {
    if (!signal.aborted) for (const line of log.last()) terminal.line(terminal.paint("dim", `  ${line}`));
    throw error;
  }
}

async function startParts(settings: Settings, log: WorkersLog): Promise<Running> {
  const { dataDir } = settings;
  const startMs = performance.now();
  const step = showSteps(terminal, signal);
  terminal.line(terminal.paint("bold", "PulseEcom"));

  const secrets = openSecrets(dataDir);
  const building = parts.beginBuild(dataDir, teardown);
  const { postgres } = await step(
    "Postgres",
    () => parts.startPostgres(settings, teardown),
    (started) => postgresWords(settings, started),
  );
  const watch = createAlertWatch(terminal, (id) => receivedAtMs(postgres, id));
  const receiver = await step(
    "Receiver",
    () => parts.startReceiver(secrets, watch.take, teardown),
    ({ url }) => `takes signed alerts at ${url.origin}`,
  );
  await step(
    "Bundles",
    () => building,
    () => "both Workers, as a deployment would build them",
  );
  const workers = await step(
    "Workers",
    () => parts.startBoth(settings, secrets, postgres, log, teardown),
    () => `edge and aggregator in workerd, joined by a queue; their log is ${log.path}`,
  );
  const keys = await step(
    "Keys",
    () => parts.grantKeys(dataDir, postgres, workers),
    () => `in ${localFileIn(dataDir)}`,
  );
  await step(
    "Webhook",
    () => parts.leadAlerts(dataDir, secrets, receiver, workers, keys.operator),
    () => "alerts are led to the receiver",
  );
  const gates = await step(
    "Ports",
    () => parts.openGates(settings, workers, teardown),
    ({ edge, aggregator }) => `${edge.port} and ${aggregator.port} are open`,
  );
  const shop = await step(
    "Shop",
    () => parts.startShop(settings, { gates, keys, receiver }, teardown),
    (opened) => shopWords(settings, opened),
  );
  await step(
    "Model",
    () => untilReady(gates.edge, gates.aggregator, signal),
    ({ model, runtime }) => `${model ?? "none: the rules alone decide"}, run by ${RUNTIMES[runtime]}`,
  );

  const local: LocalFile = {
    edge: gates.edge.origin,
    aggregator: gates.aggregator.origin,
    keys,
    webhook_receiver: receiver.url.origin,
    shop: shop.url.origin,
  };
  writeLocalFile(dataDir, local);
  void parts.resume(workers, log);
  const took = terminal.paint("dim", seconds(performance.now() - startMs));
  // Without colours: scripts wait for a line that begins so.
  terminal.line(`ready  edge ${local.edge}  aggregator ${local.aggregator}  shop ${local.shop}  ${took}`);
  return { postgres, watch, local };
}

function postgresWords({ databaseUrl, dataDir }: Settings, { applied }: parts.StartedPostgres): string {
  const where = databaseUrl === undefined ? `PGlite, in ${dataDir}/postgres` : "the server of DATABASE_URL";
  return `${where}, ${applied.length === 0 ? "up to date" : `${counted(applied.length, "migration")} applied`}`;
}

function shopWords({ shopPort = USUAL_SHOP_PORT }: Settings, { url }: Shop): string {
  const isElsewhere = Number(url.port) !== shopPort;
  return `open at ${url.origin}${isElsewhere ? `, as port ${shopPort} is taken by another program; SHOP_PORT chooses` : ""}`;
}

async function demonstrate({ mode }: Settings, { postgres, watch, local }: Running): Promise<void> {
  const services = {
    terminal,
    watch,
    edge: new URL(local.edge),
    ingestKey: local.keys.ingest,
    countStored: (idPrefix: string) => countEvents(postgres, idPrefix),
    alertsOf: (idPrefix: string) => alertsOf(postgres, idPrefix),
  };
  try {
    const { sent, stored } = await runDemo(services, signal);
    const accepted = sent.filter(({ status }) => status === "accepted").length;
    if (stored < accepted) throw new Error(`${accepted - stored} accepted events are not stored`);
  } catch (error) {
    if (signal.aborted || mode === "demo-only") throw error;
    terminal.line(`${terminal.paint("red", "✗")} The demo: ${messageOf(error)}`);
  }
}

/** Until it is stopped. */
async function serve({ dataDir }: Settings, { local }: Running): Promise<void> {
  const { paint, line } = terminal;
  line();
  line(paint("bold", "Go on"));
  line(`  shop        ${local.shop}  click through it: what it sends, and what comes back, is shown beside it`);
  line(
    `  dashboard   ${local.aggregator}  sign in with the analyst key below; its API is described at ${local.aggregator}/docs`,
  );
  line(`  edge        ${local.edge}  takes events; described at ${local.edge}/docs`);
  line(`  receiver    ${local.webhook_receiver}/received  what arrived at the webhook`);
  line(`  keys        ingest ${local.keys.ingest}`);
  line(`              analyst ${local.keys.analyst}`);
  line(`              these and three more are in ${localFileIn(dataDir)}`);
  line(
    `  try         curl -H 'authorization: Bearer ${local.keys.analyst}' '${local.aggregator}/v1/anomalies?limit=3'`,
  );
  line();
  line(`Everything keeps running until Ctrl-C. What is stored stays in ${dataDir} for the next start.`);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

async function stop(): Promise<never> {
  const startMs = performance.now();
  setTimeout(() => {
    fail("It did not stop within 30 s and is ended now.");
    process.exit();
  }, STOP_DEADLINE_MS).unref();
  terminal.endProgress();
  if (signal.aborted) terminal.line("\nStopping: what was accepted is stored first (Ctrl-C again ends at once) …");
  for (const failure of await teardown.run()) fail(failure);
  if (signal.aborted) terminal.line(`Stopped in ${seconds(performance.now() - startMs)}.`);
  process.exit();
}

function fail(message: string): void {
  process.exitCode = 1;
  process.stderr.write(`${terminal.paint("red", "✗")} ${message}\n`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
