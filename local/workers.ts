import {
  Log,
  LogLevel,
  Miniflare,
  convertV4MiniflareOptions,
  type V4WorkerOptions,
  type V4WorkerOptionsShape,
} from "miniflare";
import { cp, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { WRANGLER_CONFIG, modulesOf, type Environment } from "./build-workers.ts";
import { setWorkerdApart, withoutSignalListeners } from "./workerd-apart.ts";

export { buildWorkers } from "./build-workers.ts";
export { startCronClock } from "./cron-clock.ts";

const NAMES: Record<Environment, string> = {
  edge: "pulseecom-edge",
  aggregator: "pulseecom-aggregator",
};
const HOST = "127.0.0.1";
/** How long the runtime may take to say how full its queues are. */
const BACKLOG_DEADLINE_MS = 2_000;

export interface WorkersOptions {
  /** What `buildWorkers` was given. */
  bundleDir: string;
  /** Where KV, R2 and Durable Objects are kept; nowhere beyond `stop` when undefined. */
  stateDir?: string | undefined;
  /** Variables and secrets beside those of the configuration, as plain text. */
  edgeVars?: Record<string, string>;
  aggregatorVars?: Record<string, string>;
  /** Ports of the Workers' own sockets; any free ones when undefined. */
  edgePort?: number;
  aggregatorPort?: number;
  /** Gets what the Workers and their runtime say, a line at a time; nobody when undefined. */
  log?: (line: string) => void;
  /** Options to put in place of those of the configuration, for benchmarks. */
  workers?: Partial<Record<Environment, V4WorkerOptionsShape>>;
  configPath?: string;
  /** Opens the runtime's inspector, for benchmarks that look at memory. */
  inspect?: boolean;
}

export interface LocalWorkers {
  /** The Worker's own socket. A header `MF-CF-Blob: {json}` sets `request.cf` there. */
  edge: URL;
  aggregator: URL;
  /** For bindings: `getKVNamespace(binding, worker)`, `getR2Bucket(binding, worker)`. */
  miniflare: Miniflare;
  /** The cron expressions of the aggregator, which nothing here fires; see cron-clock.ts. */
  crons: string[];
  /**
   * Messages to and from the edge waiting for their consumers, on all its queues. A batch being consumed and messages waiting for a retry
   * are not counted: the runtime does not tell.
   *
   * @throws Error when the runtime does not answer within 2 s
   */
  queueBacklog(): Promise<number>;
  /** Run the aggregator's scheduled handler. @throws Error when the handler fails */
  runCron(cron: string): Promise<void>;
  /** End the Workers at once. What is still in the queue is lost: drain it first. */
  stop(): Promise<void>;
}

/**
 * Start both Workers in the real runtime from their production bundles, joined by an in-memory
 * queue.
 *
 * They do not end on SIGINT, SIGTERM or SIGHUP: the caller has to listen for all three, drain, and
 * call `stop`.
 */
export async function startWorkers(options: WorkersOptions): Promise<LocalWorkers> {
  const { bundleDir, stateDir, log = () => {} } = options;
  const line = (text: string) => log(onOneLine(text));
  await setWorkerdApart(bundleDir);
  const [edge, aggregator] = await Promise.all([
    workerOptions("edge", options, options.edgeVars, options.edgePort),
    workerOptions("aggregator", options, options.aggregatorVars, options.aggregatorPort),
  ]);
  const miniflareOptions = convertV4MiniflareOptions({
    cf: false, // no look-up of where this machine is
    log: new LineLog(line),
    handleStructuredLogs: ({ level, message }) => line(level === "log" ? message : `${level}: ${message}`),
    unsafeHandleRuntimeRestart: () =>
      line("error: the Workers runtime crashed and was started again; its queue is lost"),
    ...(stateDir === undefined ? {} : { resourcePersistencePath: resolve(stateDir) }),
    ...(options.inspect ? { inspectorPort: 0, inspectorHost: HOST } : {}),
    workers: [edge, aggregator],
  });
  const miniflare = withoutSignalListeners(() => new Miniflare(miniflareOptions));
  try {
    await miniflare.ready;
    return await localWorkers(miniflare, edgeQueues(edge, aggregator), aggregator.cronTriggers ?? []);
  } catch (error) {
    await miniflare.dispose();
    throw error;
  }
}

/** The bindings of what the edge puts on a queue, and of what it takes from one. */
function edgeQueues(edge: V4WorkerOptions, aggregator: V4WorkerOptions): { binding: string; worker: string }[] {
  const consumed = Object.keys(edge.queueConsumers ?? {});
  const toEdge = Object.entries(aggregator.queueProducers ?? {}).filter(([, queue]) =>
    consumed.includes(typeof queue === "string" ? queue : queue.queueName),
  );
  return [
    ...Object.keys(edge.queueProducers ?? {}).map((binding) => ({ binding, worker: NAMES.edge })),
    ...toEdge.map(([binding]) => ({ binding, worker: NAMES.aggregator })),
  ];
}

async function localWorkers(
  miniflare: Miniflare,
  producers: { binding: string; worker: string }[],
  crons: string[],
): Promise<LocalWorkers> {
  const [edge, aggregator, scheduler, ...queues] = await Promise.all([
    miniflare.unsafeGetDirectURL(NAMES.edge),
    miniflare.unsafeGetDirectURL(NAMES.aggregator),
    miniflare.getWorker(NAMES.aggregator),
    ...producers.map(({ binding, worker }) => miniflare.getQueueProducer(binding, worker)),
  ]);
  return {
    edge,
    aggregator,
    miniflare,
    crons,
    async queueBacklog() {
      const tooLate = sleep(BACKLOG_DEADLINE_MS, undefined, { ref: false }).then(() => {
        throw new Error("the Workers runtime does not say how full its queues are");
      });
      const metrics = Promise.all(queues.map((queue) => queue.metrics()));
      return (await Promise.race([metrics, tooLate])).reduce((sum, { backlogCount }) => sum + backlogCount, 0);
    },
    async runCron(cron) {
      const { outcome } = await scheduler.scheduled({ cron, scheduledTime: new Date() });
      if (outcome !== "ok") throw new Error(`the handler of cron "${cron}" ended with ${outcome}`);
    },
    stop: () => miniflare.dispose(),
  };
}

async function workerOptions(
  environment: Environment,
  { bundleDir, configPath = WRANGLER_CONFIG, workers }: WorkersOptions,
  vars: Record<string, string> = {},
  port = 0,
): Promise<V4WorkerOptions> {
  const { workerOptions: configured, main } = quietly(() =>
    unstable_getMiniflareWorkerOptions(configPath, environment),
  );
  if (main === undefined) throw new Error(`${configPath} names no main file for ${environment}`);
  // Both are about source files, and these are bundles.
  const { modulesRules: _, rootPath: __, ...usable }: V4WorkerOptionsShape = configured;
  const bundle = resolve(join(bundleDir, environment));
  return {
    ...usable,
    name: NAMES[environment],
    modules: await modulesOf(bundle, main),
    modulesRoot: bundle,
    bindings: { ...usable.bindings, ...vars },
    ...(usable.assets === undefined
      ? {}
      : { assets: { ...usable.assets, directory: await ownCopy(usable.assets.directory, `${bundle}-assets`) } }),
    unsafeDirectSockets: [{ host: HOST, port }],
    ...workers?.[environment],
  };
}

/** What is served is read from its folder all the time, and would be gone when that is built anew meanwhile. */
async function ownCopy(folder: string, copy: string): Promise<string> {
  await rm(copy, { recursive: true, force: true });
  await cp(folder, copy, { recursive: true });
  return copy;
}

/** Call a function of wrangler's that would tell the terminal where it looks for secrets, which come from the caller. */
function quietly<T>(read: () => T): T {
  const level = process.env["WRANGLER_LOG"];
  process.env["WRANGLER_LOG"] = "none";
  try {
    return read();
  } finally {
    if (level === undefined) delete process.env["WRANGLER_LOG"];
    else process.env["WRANGLER_LOG"] = level;
  }
}

/** Miniflare's own warnings and errors, through the same `log` as everything else. */
class LineLog extends Log {
  readonly #line: (text: string) => void;

  constructor(line: (text: string) => void) {
    super(LogLevel.WARN);
    this.#line = line;
  }

  protected override log(message: string): void {
    this.#line(message);
  }
}

function onOneLine(text: string): string {
  return stripVTControlCharacters(text).trimEnd().replaceAll("\n", "\\n");
}
