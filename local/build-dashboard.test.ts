import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { DASHBOARD } from "./build-dashboard.ts";

/** Of what is loaded before the first page shows, as it goes over the wire. */
const FIRST_LOAD_BYTES_MOST = 200_000;

const build = () =>
  promisify(execFile)(process.execPath, [fileURLToPath(new URL("./build-dashboard.ts", import.meta.url))]);

describe("buildDashboard", () => {
  beforeAll(build);

  it("builds nothing anew from the same sources", async () => {
    expect((await build()).stdout).toBe("dashboard unchanged\n");
  });

  it("makes a first load that is small enough for a phone", async () => {
    const index = await readFile(join(DASHBOARD, "index.html"), "utf8");
    const files = [...index.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path = ""]) => path);
    const sizes = await Promise.all(files.map(async (path) => gzipSync(await readFile(join(DASHBOARD, path))).length));
    expect(files.length).toBeGreaterThan(1);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(FIRST_LOAD_BYTES_MOST);
  });

  it("leaves nothing inline that the content security policy would refuse", async () => {
    const index = await readFile(join(DASHBOARD, "index.html"), "utf8");
    expect(index).not.toMatch(/<style|<script(?![^>]* src=)|\sstyle=|\son\w+=/);
  });
});
