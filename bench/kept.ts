import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** What all profile stores of an edge take on disk. */
export async function bytesOnDisk(stateDir: string): Promise<number> {
  let bytes = 0;
  for (const path of await profileFiles(stateDir)) bytes += (await stat(path)).size;
  return bytes;
}

/** Bytes of the largest value in any table of the profile stores, whatever their tables are. @throws Error when they are empty */
export async function largestValue(stateDir: string): Promise<number> {
  let largest = 0;
  for (const path of await profileFiles(stateDir)) {
    const database = new DatabaseSync(path, { readOnly: true });
    const columns = database
      .prepare(
        `SELECT t.name AS place, c.name AS field FROM sqlite_master AS t, pragma_table_info(t.name) AS c
        WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%'`,
      )
      .all() as { place: string; field: string }[]; // as it is asked for
    for (const { place, field } of columns) {
      const [row] = database.prepare(`SELECT max(length(CAST("${field}" AS BLOB))) AS bytes FROM "${place}"`).all();
      largest = Math.max(largest, Number(row?.["bytes"] ?? 0));
    }
    database.close();
  }
  if (largest === 0) throw new Error("the profile stores keep nothing");
  return largest;
}

async function profileFiles(stateDir: string): Promise<string[]> {
  const files = await readdir(stateDir, { recursive: true });
  return files
    .filter((file) => file.includes("ProfileStore") && file.endsWith(".sqlite"))
    .map((file) => join(stateDir, file));
}
