import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, extname, join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

export const WRANGLER_CONFIG = fileURLToPath(new URL("../wrangler.toml", import.meta.url));
/** The environments of wrangler.toml, which are its Workers. */
export const ENVIRONMENTS = ["edge", "aggregator"] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

const BUILD_DEADLINE_MS = 120_000;
/** As wrangler has it; whatever else a Worker imports is data. */
const MODULE_TYPES: Record<string, WorkerModule["type"]> = {
  ".js": "ESModule",
  ".mjs": "ESModule",
  ".wasm": "CompiledWasm",
  ".txt": "Text",
  ".html": "Text",
  ".sql": "Text",
};
/** What wrangler writes beside the modules. */
const NOT_A_MODULE = new Set([".map", ".md"]);

/**
 * Bundle Workers as a deployment would, each into the folder of `outDir` named as its environment,
 * which is emptied first.
 *
 * @throws Error with what wrangler said when a build fails or takes over 2 minutes
 */
export async function buildWorkers(
  outDir: string,
  configPath = WRANGLER_CONFIG,
  environments: readonly string[] = ENVIRONMENTS,
): Promise<void> {
  await Promise.all(environments.map((environment) => build(environment, outDir, configPath)));
}

async function build(environment: string, outDir: string, configPath: string): Promise<void> {
  const folder = join(outDir, environment);
  await rm(folder, { recursive: true, force: true });
  const wrangler = join(createRequire(import.meta.url).resolve("wrangler/package.json"), "..");
  const args = ["deploy", "--dry-run", "--config", configPath, "--env", environment];
  const child = spawn(process.execPath, [join(wrangler, "bin/wrangler.js"), ...args, "--outdir", folder], {
    stdio: ["ignore", "pipe", "pipe"],
    timeout: BUILD_DEADLINE_MS,
    env: {
      ...process.env,
      NO_COLOR: "1",
      FORCE_COLOR: "0",
      WRANGLER_SEND_METRICS: "false",
      WRANGLER_HIDE_BANNER: "true",
      WRANGLER_WRITE_LOGS: "false",
    },
  });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  if (code === 0) return;
  const said = stripVTControlCharacters(`${stderr.trim()}\n${stdout.trim()}`).trim();
  throw new Error(`wrangler could not build the ${environment} Worker:\n${said}`);
}

export interface WorkerModule {
  type: "ESModule" | "CompiledWasm" | "Text" | "Data";
  path: string;
}

/**
 * The modules that {@link buildWorkers} wrote for a Worker, its entry first.
 *
 * @param main source file of the Worker, which its bundle is named after
 * @throws Error when it was not built
 */
export async function modulesOf(bundle: string, main: string): Promise<WorkerModule[]> {
  const entry = `${basename(main, extname(main))}.js`;
  const entries = await readdir(bundle, { recursive: true, withFileTypes: true });
  const files = entries.filter((file) => file.isFile() && !NOT_A_MODULE.has(extname(file.name)));
  const modules = files.map(({ parentPath, name }) => ({
    type: MODULE_TYPES[extname(name)] ?? "Data",
    path: join(parentPath, name),
  }));
  const isEntry = ({ path }: WorkerModule) => path === join(bundle, entry);
  const first = modules.find(isEntry);
  if (first === undefined) throw new Error(`${bundle} holds no ${entry}: build the Workers first`);
  return [first, ...modules.filter((module) => !isEntry(module))];
}
