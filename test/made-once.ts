/// <reference types="node" />
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inject } from "vitest";

const DEADLINE_MS = 60_000;

/**
 * A folder that the first test file of a run to ask for it fills, while the others wait.
 *
 * @throws what `make` threw, or Error in the files that waited for it
 */
export async function madeOnce(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(inject("scratch"), name);
  const [done, failed] = [join(folder, "done"), join(folder, "failed")];
  if (await isFirst(folder)) {
    try {
      await make(folder);
      await writeFile(done, "");
    } catch (error) {
      await writeFile(failed, "");
      throw error;
    }
  }
  for (const endMs = performance.now() + DEADLINE_MS; !existsSync(done); await sleep(50)) {
    if (existsSync(failed) || performance.now() > endMs) throw new Error(`another test file could not make ${name}`);
  }
  return folder;
}

/** Making a folder that is there already fails, for all but one. */
async function isFirst(folder: string): Promise<boolean> {
  return mkdir(folder).then(
    () => true,
    () => false,
  );
}
