import { cp } from "node:fs/promises";
import { join } from "node:path";
import { migrate } from "../local/migrate.ts";
import { openPostgres } from "../local/postgres.ts";
import { madeOnce } from "./made-once.ts";

/** Puts PGlite's files with the product's tables into a folder. Making them takes seconds, so that is done once a run and copied. */
export async function provideDatabase(folder: string): Promise<void> {
  const made = await madeOnce("embedded-database", async (dataDir) => {
    const postgres = await openPostgres({ dataDir });
    await migrate(postgres);
    await postgres.close();
  });
  await cp(join(made, "postgres"), join(folder, "postgres"), { recursive: true });
}
