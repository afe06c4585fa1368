import { writeFileSync } from "node:fs";
import { buildBaseline } from "./baseline.ts";
import { serialized } from "./files.ts";

for (const [name, bytes] of Object.entries(serialized(buildBaseline()))) {
  writeFileSync(new URL(name, import.meta.url), bytes);
  process.stdout.write(`models/${name}: ${bytes.length} bytes\n`);
}
