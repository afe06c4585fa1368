import { readFileSync, renameSync, writeFileSync } from "node:fs";
import type * as z from "zod";

const OWNER_ONLY = 0o600;

/**
 * Write a file that only its owner can read, whole or not at all. What was there before is replaced, its permissions as well.
 */
export function writePrivateJson(path: string, value: unknown): void {
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, `${JSON.stringify(value, null, 2)}\n`, { mode: OWNER_ONLY });
  renameSync(unfinished, path);
}

/**
 * Read what {@link writePrivateJson} wrote.
 *
 * @returns null when there is no such file
 * @throws Error that names the file and quotes nothing of it, when it does not hold what it should
 */
export function readPrivateJson<T>(path: string, schema: z.ZodType<T>): T | null {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
  const result = schema.safeParse(jsonOf(text));
  if (!result.success)
    throw new Error(`${path} cannot be read: it was changed or cut. Move it away to have it made anew.`);
  return result.data;
}

/** Undefined for what is not JSON, which no schema here takes. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
