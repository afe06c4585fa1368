/** The parts of the product on one machine, each as `npm start` starts it, and how it is stopped. */
import { once } from "node:events";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { provideWebhook } from "./alert-webhook.ts";
import { buildWorkers } from "./build-workers.ts";
import { startCronClock } from "./cron-clock.ts";
import type { WorkersLog } from "./data-folder.ts";
import { openGate } from "./gate.ts";
import { provideKeys, type DevelopmentKeys } from "./keys.ts";
import { listen, PortTakenError } from "./listen.ts";
import { readSavedKeys, writeSecrets, type LocalSecrets } from "./local-files.ts";
import { migrate } from "./migrate.ts";
import { openPostgres, type LocalPostgres } from "./postgres.ts";
import { openReceiver, type ReceivedWebhook, type Receiver } from "./receiver.ts";
import { readSlice } from "./retail-slice.ts";
import { USUAL_SHOP_PORT, type Settings } from "./settings.ts";
import { catalogueOf } from "./shop/catalogue.ts";
import { openShop, type Shop } from "./shop/shop.ts";
import { keepAccepted } from "./shutdown.ts";
import type { Teardown } from "./teardown.ts";
import type { LocalWorkers } from "./workers.ts";

/** The minute cron of the aggregator: what is due, and what was set aside. */
const EVERY_MINUTE = "* * * * *";
const CRON_LOOK_MS = 1_000;

/** @throws PortTakenError that names the variable to change, before anything slow was done */
export async function requireFreePorts({ edgePort, aggregatorPort, shopPort }: Settings): Promise<void> {
  for (const [port, setting] of [
    [edgePort, "EDGE_PORT"],
    [aggregatorPort, "AGGREGATOR_PORT"],
    [shopPort, "SHOP_PORT"],
  ] as const) {
    if (port === undefined) continue;
    const probe = createServer();
    await listen(probe, port, setting);
    probe.close();
    await once(probe, "close");
  }
}

export interface StartedPostgres {
  postgres: LocalPostgres;
  /** Names of the migrations that were missing. */
  applied: string[];
}

/** Postgres with every migration applied. @throws Error, for the user, when it cannot be reached or brought up to date */
export async function startPostgres({ databaseUrl, dataDir }: Settings, teardown: Teardown): Promise<StartedPostgres> {
  const postgres = await openPostgres({ databaseUrl, dataDir });
  const close = onlyOnce(() => postgres.close());
  teardown.add("Postgres", close);
  try {
    const { applied } = await migrate(postgres);
    return { postgres: { ...postgres, close }, applied };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(databaseUrl === undefined ? reason : `DATABASE_URL: ${reason}`, { cause });
  }
}

/** The receiver of alerts on any free port. It takes what is signed with the secret that `secrets` holds at that time. */
export async function startReceiver(
  secrets: LocalSecrets,
  onWebhook: (webhook: ReceivedWebhook) => void,
  teardown: Teardown,
): Promise<Receiver> {
  const receiver = await openReceiver({ secrets: () => (secrets.webhook ? [secrets.webhook.secret] : []), onWebhook });
  teardown.add("the webhook receiver", () => receiver.close());
  return receiver;
}

/** Takes a second to load, which nobody has to wait for to be told that a port is taken. */
const loadRuntime = () => import("./workers.ts");

/** Bundles the Workers beside other steps; a start that ends early waits for it, so that nothing writes on behind it. */
export function beginBuild(dataDir: string, teardown: Teardown): Promise<void> {
  const build = Promise.all([buildWorkers(bundleDirOf(dataDir)), loadRuntime()]).then(() => undefined);
  const settled = build.catch(() => {});
  teardown.add("the build", () => settled);
  return build;
}

/** Both Workers on ports nobody knows yet, and the clock of the aggregator's crons. */
export async function startBoth(
  { dataDir, aggregatorPort }: Settings,
  secrets: LocalSecrets,
  postgres: LocalPostgres,
  log: WorkersLog,
  teardown: Teardown,
): Promise<LocalWorkers> {
  const { startWorkers } = await loadRuntime();
  const workers = await startWorkers({
    bundleDir: bundleDirOf(dataDir),
    stateDir: join(dataDir, "workers"),
    edgeVars: {
      PRIVACY_KEY: secrets.privacy_key,
      // A laptop that replays weeks of orders in a minute is no idle data centre: 40 ms would often be missed.
      PROFILE_DEADLINE_MS: "250",
      // Shorter than the queues must be at rest before a stop, so that no counts are left behind.
      ACCOUNT_INTERVAL_MS: "500",
    },
    aggregatorVars: {
      // The driver wants one; the endpoint decides.
      DATABASE_URL: "postgres://local:local@localhost/local",
      DATABASE_ENDPOINT: postgres.endpoint,
      ALLOW_LOCAL_WEBHOOKS: "true",
      PUBLIC_URL: `http://127.0.0.1:${aggregatorPort}`,
    },
    log: log.write,
  });
  teardown.add("the Workers", () => workers.stop());
  teardown.add("what was accepted", async () => {
    const { queueBacklog } = workers;
    const outcome = await keepAccepted({ queueBacklog, inFlight: postgres.inFlight, closeDatabase: postgres.close });
    if (outcome.kind === "remaining") throw new Error(`${outcome.queued ?? "unknown"} messages of the queue are lost`);
  });
  const clock = startCronClock(workers, {
    everyMs: CRON_LOOK_MS,
    onError: (cron, error) =>
      log.write(`error: cron "${cron}": ${error instanceof Error ? error.message : String(error)}`),
  });
  // A run of the cron may take most of a minute, and what it leaves is taken up at the next start.
  teardown.add("the cron clock", async () => void clock.stop());
  return workers;
}

function bundleDirOf(dataDir: string): string {
  return resolve(dataDir, "bundles"); // wrangler takes a relative one from its configuration
}

/** The development keys, in Postgres and where the Workers look. Those of an earlier start go on. */
export async function grantKeys(
  dataDir: string,
  postgres: LocalPostgres,
  workers: LocalWorkers,
): Promise<DevelopmentKeys> {
  const config = await workers.miniflare.getKVNamespace("CONFIG");
  return provideKeys(readSavedKeys(dataDir), {
    query: postgres.query,
    putConfig: (entry, value) => config.put(entry, value),
  });
}

/** Leads alerts to the receiver, and keeps what it takes to recognise them. */
export async function leadAlerts(
  dataDir: string,
  secrets: LocalSecrets,
  receiver: Receiver,
  { aggregator }: LocalWorkers,
  operatorKey: string,
): Promise<void> {
  const description = `the receiver of npm start in ${resolve(dataDir)}`;
  secrets.webhook = await provideWebhook(secrets.webhook, { url: receiver.url, description, aggregator, operatorKey });
  writeSecrets(dataDir, secrets);
}

/** Takes up at once what an earlier start left: messages set aside, deliveries that are due. The cron would within a minute. */
export async function resume(workers: LocalWorkers, log: WorkersLog): Promise<void> {
  await workers.runCron(EVERY_MINUTE).catch((error: unknown) => log.write(`error: ${String(error)}`));
}

export interface Gates {
  edge: URL;
  aggregator: URL;
}

/** The ports of the contract: what is sent there is let in from now on. */
export async function openGates(settings: Settings, workers: LocalWorkers, teardown: Teardown): Promise<Gates> {
  const { edgePort, aggregatorPort } = settings;
  const aggregator = await openGate({
    port: aggregatorPort,
    target: workers.aggregator,
    portSetting: "AGGREGATOR_PORT",
  });
  teardown.add("the aggregator's port", () => aggregator.close());
  const edge = await openGate({ port: edgePort, target: workers.edge, portSetting: "EDGE_PORT" });
  teardown.add("the edge's port", () => edge.close());
  return { edge: edge.url, aggregator: aggregator.url };
}

/** What the demo shop is joined to. */
export interface ShopNeeds {
  gates: Gates;
  keys: DevelopmentKeys;
  receiver: Receiver;
}

/**
 * The demo shop, which goes through the ports of the contract as any shop would. It is no part of the product: where its usual port is
 * taken and nobody asked for that one, it takes another.
 */
export async function startShop(
  { shopPort }: Settings,
  { gates, keys, receiver }: ShopNeeds,
  teardown: Teardown,
): Promise<Shop> {
  const options = { ...gates, keys, receiver: receiver.url, catalogue: catalogueOf(readSlice()) };
  const open = (port: number) => openShop({ ...options, port, portSetting: "SHOP_PORT" });
  const shop = await open(shopPort ?? USUAL_SHOP_PORT).catch((error: unknown) => {
    if (shopPort !== undefined || !(error instanceof PortTakenError)) throw error;
    return open(0);
  });
  // Before the edge's port is closed: what the shop has not told yet goes through it.
  teardown.add("the shop", () => shop.close());
  return shop;
}

/** A work that is done at the first call; the others get its result. */
function onlyOnce<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | undefined;
  return () => (done ??= work());
}
