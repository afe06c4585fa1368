import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openWorkersLog, takeDataFolder } from "./data-folder.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "data-folder-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe("takeDataFolder", () => {
  it("makes the folder for its owner alone, as it will hold keys", () => {
    const folder = join(root, "new", "data");
    takeDataFolder(folder).release();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it("gives the folder to one process at a time, and says what to do", () => {
    const lock = takeDataFolder(root);
    expect(() => takeDataFolder(root)).toThrow(/used by another npm start.*DATA_DIR/);
    lock.release();
    takeDataFolder(root).release();
  });

  it("names DATA_DIR when the folder cannot be made", () => {
    writeFileSync(join(root, "file"), "");
    expect(() => takeDataFolder(join(root, "file", "data"))).toThrow(/DATA_DIR .* cannot be made/);
  });
});

describe("openWorkersLog", () => {
  it("begins anew and keeps the log of the start before, for whoever looks into it after a restart", async () => {
    for (const run of ["first", "second", "third"]) {
      const log = openWorkersLog(root);
      log.write(`${run} line`);
      await log.close();
    }
    expect(readFileSync(join(root, "workers.log"), "utf8")).toMatch(/^\S+Z third line\n$/);
    expect(readFileSync(join(root, "workers.log.1"), "utf8")).toMatch(/second line\n$/);
  });

  it("begins anew after 20 MB, so that a long run does not fill the disk", async () => {
    const log = openWorkersLog(root);
    const megabyte = "x".repeat(1_000_000);
    for (let written = 0; written < 50; written++) log.write(megabyte);
    await log.close();
    for (const file of ["workers.log", "workers.log.1"]) {
      expect(statSync(join(root, file)).size).toBeLessThan(22_000_000);
    }
    expect(readFileSync(join(root, "workers.log"), "utf8")).toMatch(/x\n$/);
  });

  it("remembers the last lines, for a start that fails", async () => {
    const log = openWorkersLog(root);
    for (let line = 1; line <= 30; line++) log.write(`line ${line}`);
    expect(log.last().at(-1)).toBe("line 30");
    expect(log.last()).toHaveLength(12);
    await log.close();
  });
});
