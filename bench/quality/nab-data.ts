import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import type { LabelledSeries } from "./nab-score.ts";

const ARCHIVE = "nab.tar.gz";
const Windows = z.record(z.string(), z.array(z.tuple([z.string(), z.string()])));

/** The 58 series of the benchmark, in the order of their names. @param folder the archive is in */
export async function readNab(folder: string): Promise<LabelledSeries[]> {
  const unpacked = await mkdtemp(join(tmpdir(), "nab-"));
  try {
    await promisify(execFile)("tar", ["xzf", join(folder, ARCHIVE), "-C", unpacked]);
    const windows = Windows.parse(JSON.parse(await readFile(join(unpacked, "labels/combined_windows.json"), "utf8")));
    const files = await readdir(join(unpacked, "data"), { recursive: true });
    const names = files.filter((name) => name.endsWith(".csv")).toSorted();
    return await Promise.all(
      names.map(async (name) =>
        seriesOf(name, await readFile(join(unpacked, "data", name), "utf8"), windows[name] ?? []),
      ),
    );
  } finally {
    await rm(unpacked, { recursive: true });
  }
}

function seriesOf(name: string, text: string, windows: readonly (readonly [string, string])[]): LabelledSeries {
  const rows = text
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));
  const timesMs = rows.map(([time]) => instant(time ?? ""));
  return {
    name,
    timesMs,
    values: rows.map(([, value]) => Number(value)),
    windows: windows.map(([from, to]) => [
      timesMs.findIndex((timeMs) => timeMs >= instant(from)),
      timesMs.findLastIndex((timeMs) => timeMs <= instant(to)),
    ]),
  };
}

/** The benchmark's times have no zone and, in the labels, six decimals. */
function instant(text: string): number {
  return Date.parse(`${text.slice(0, 19).replace(" ", "T")}Z`);
}
