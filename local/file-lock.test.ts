import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { FileLockedError, acquireFileLock } from "./file-lock.ts";

const folder = mkdtempSync(join(tmpdir(), "file-lock-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("is held once at a time, and can be taken again after its release", () => {
  const path = join(folder, "new", "data.lock");
  const lock = acquireFileLock(path);
  expect(() => acquireFileLock(path)).toThrow(FileLockedError);
  lock.release();
  acquireFileLock(path).release();
});

it("is freed when its holder is killed, so that a crash needs no cleaning up", async () => {
  const path = join(folder, "killed.lock");
  const source = new URL("file-lock.ts", import.meta.url).href;
  const holder = spawn(process.execPath, [
    "--input-type=module",
    "--eval",
    `const { acquireFileLock } = await import(${JSON.stringify(source)});
     acquireFileLock(${JSON.stringify(path)});
     console.log("held");
     setInterval(() => {}, 1000);`,
  ]);
  await once(holder.stdout, "data");
  expect(() => acquireFileLock(path)).toThrow(path);

  holder.kill("SIGKILL");
  await once(holder, "exit");
  acquireFileLock(path).release();
});
