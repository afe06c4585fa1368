import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";

/** The rows of a gzipped CSV file by column name; a field may be in double quotes, doubled inside. Rows end with the line. */
export async function* readCsv(path: string): AsyncGenerator<Record<string, string>, void, undefined> {
  let names: string[] | null = null;
  for await (const line of createInterface({ input: createReadStream(path).pipe(createGunzip()) })) {
    const fields = line.includes('"') ? quotedFields(line) : line.split(",");
    if (names === null) names = fields;
    else yield Object.fromEntries(names.map((name, index) => [name, fields[index] ?? ""]));
  }
}

function quotedFields(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "",
  );
}
