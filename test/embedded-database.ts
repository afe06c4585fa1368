/// <reference types="node" />
import { cpSync } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { madeOnce } from "./made-once.ts";

const MIGRATIONS = join(import.meta.dirname, "../migrations");
const ARCHIVE = "cluster.tar";
/** Of `template1` and `template0`, by their numbers in every Postgres. Nobody connects to them, and they are half of all files. */
const TEMPLATES = ["base/1", "base/4"];

/** Puts PGlite's files with the product's tables into a folder. */
export async function provideDatabase(folder: string): Promise<void> {
  // Of hundreds of small files the asynchronous one takes five times as long.
  cpSync(join(await made(), "postgres"), join(folder, "postgres"), { recursive: true });
}

/** The same files, for a PGlite in memory to load. */
export async function migratedCluster(): Promise<Blob> {
  return new Blob([await readFile(join(await made(), ARCHIVE))]);
}

/** Making a cluster takes seconds, so that is done once a run. */
function made(): Promise<string> {
  return madeOnce("embedded-database", async (folder) => {
    const dataDir = join(folder, "postgres");
    const client = await PGlite.create({ dataDir });
    for (const name of (await readdir(MIGRATIONS)).toSorted())
      await client.exec(await readFile(join(MIGRATIONS, name), "utf8"));
    await client.close();
    for (const template of TEMPLATES) await rm(join(dataDir, template), { recursive: true });
    await writeFile(join(folder, ARCHIVE), await archiveOf(dataDir));
  });
}

async function archiveOf(dataDir: string): Promise<Uint8Array> {
  const client = await PGlite.create({ dataDir });
  const archive = await client.dumpDataDir("none");
  await client.close();
  return new Uint8Array(await archive.arrayBuffer());
}
