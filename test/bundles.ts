import { existsSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inject } from "vitest";
import { buildWorkers, ENVIRONMENTS } from "../local/build-workers.ts";

const BUILD_DEADLINE_MS = 50_000;

/** Puts the production bundles into a folder. The first test file to ask in a run builds them, and the others wait for that. */
export async function provideBundles(folder: string): Promise<void> {
  const built = join(inject("scratch"), "bundles");
  const [done, failed] = [join(built, "done"), join(built, "failed")];
  if (await isFirst(built)) {
    try {
      await buildWorkers(built);
      await writeFile(done, "");
    } catch (error) {
      await writeFile(failed, "");
      throw error;
    }
  }
  for (const endMs = performance.now() + BUILD_DEADLINE_MS; !existsSync(done); await sleep(50)) {
    if (existsSync(failed) || performance.now() > endMs)
      throw new Error("another test file could not build the Workers");
  }
  for (const environment of ENVIRONMENTS) await symlink(join(built, environment), join(folder, environment));
}

/** Making a folder that is there already fails, for all but one. */
async function isFirst(folder: string): Promise<boolean> {
  return mkdir(folder).then(
    () => true,
    () => false,
  );
}
