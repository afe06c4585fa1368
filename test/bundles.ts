import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { buildWorkers, ENVIRONMENTS } from "../local/build-workers.ts";
import { madeOnce } from "./made-once.ts";

/** Puts the production bundles into a folder; they are built once a run. */
export async function provideBundles(folder: string): Promise<void> {
  const built = await madeOnce("bundles", (made) => buildWorkers(made));
  for (const environment of ENVIRONMENTS) await symlink(join(built, environment), join(folder, environment));
}
