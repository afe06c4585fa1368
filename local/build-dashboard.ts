import { createHash } from "node:crypto";
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "vite";

const SOURCES = fileURLToPath(new URL("../aggregator/dashboard", import.meta.url));
const PACKAGES = fileURLToPath(new URL("../package-lock.json", import.meta.url));
/** What wrangler.toml names as the aggregator's assets. */
export const DASHBOARD = join(SOURCES, "dist");
/** In it: the digest of what it was built from. */
const BUILT_FROM = ".built-from";

/**
 * Builds the dashboard, unless the folder holds what the sources make already. Several may ask at once: what is served is whole at any
 * time.
 *
 * @throws Error when a source does not build, or lies outside of the dashboard's folder
 */
export async function buildDashboard(): Promise<"built" | "unchanged"> {
  const digest = await digestOf(SOURCES);
  if (await isBuilt(digest)) return "unchanged";
  const fresh = `${DASHBOARD}.${process.pid}`;
  // By any other, such as that of tests, React would be built with its warnings.
  process.env["NODE_ENV"] = "production";
  try {
    await build({
      root: SOURCES,
      configFile: join(SOURCES, "vite.config.ts"),
      logLevel: "error",
      plugins: [ownSourcesOnly],
      build: { outDir: fresh },
    });
    await writeFile(join(fresh, BUILT_FROM), digest);
    await rm(DASHBOARD, { recursive: true, force: true });
    await rename(fresh, DASHBOARD);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    if (await isBuilt(digest)) return "unchanged";
    throw error;
  }
  return "built";
}

async function isBuilt(digest: string): Promise<boolean> {
  const before = await readFile(join(DASHBOARD, BUILT_FROM), "utf8").catch(() => null);
  return before === digest;
}

/** Of everything that the build reads: {@link ownSourcesOnly} sees to that. */
async function digestOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".test.ts"))
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => !path.startsWith(DASHBOARD))
    .toSorted();
  const hash = createHash("sha256");
  for (const path of [...files, PACKAGES]) hash.update(`${relative(folder, path)}\0`).update(await readFile(path));
  return hash.digest("hex");
}

/** Refuses what a browser has no use for, and what the digest would not notice a change of. */
const ownSourcesOnly: Plugin = {
  name: "own-sources-only",
  generateBundle() {
    const strangers = [...this.getModuleIds()].filter(
      (id) => id.startsWith("/") && !id.startsWith(SOURCES) && !id.includes("/node_modules/"),
    );
    if (strangers.length > 0) this.error(`the dashboard imports from outside of its folder: ${strangers.join(", ")}`);
  },
};

if (import.meta.main) process.stdout.write(`dashboard ${await buildDashboard()}\n`);
