import { readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";

export interface Report {
  name: string;
  /** What was done, in a line. */
  about: string;
  rows: { what: string; figure: string; target?: string; met?: boolean }[];
  /** Lines that are laid out already, a table in each list. */
  tables?: readonly (readonly string[])[];
}

const RESULTS = fileURLToPath(new URL("results.md", import.meta.url));

/** A report as a table for the terminal. */
export function asText({ name, about, rows, tables = [] }: Report): string {
  const width = Math.max(...rows.map(({ what }) => what.length));
  const lines = rows.map(({ what, figure, target, met }) => {
    const verdict = target === undefined ? "" : `   target ${target}: ${met ? "met" : "MISSED"}`;
    return `  ${what.padEnd(width)}  ${figure}${verdict}`;
  });
  const laidOut = tables.map((table) => `\n${table.map((line) => `  ${line}\n`).join("")}`);
  return `${name}: ${about}\n${lines.join("\n")}\n${laidOut.join("")}`;
}

/** Puts reports into bench/results.md, each in its own section; sections of benches that were not run stay as they are. */
export function write(reports: readonly Report[], date: string): void {
  const sections = new Map(existingSections().map((text) => [/^## (\S+)/.exec(text)?.[1] ?? "", text]));
  for (const report of reports) sections.set(report.name, section(report, date));
  const head =
    "# Measured\n\nWritten by `npm run bench`. Ratios were taken in one run; absolute figures are this machine's.\n";
  writeFileSync(RESULTS, `${head}\n${[...sections.values()].map((text) => text.trim()).join("\n\n")}\n`);
}

function existingSections(): string[] {
  try {
    return readFileSync(RESULTS, "utf8")
      .split(/^(?=## )/m)
      .slice(1);
  } catch {
    return [];
  }
}

function section({ name, about, rows, tables = [] }: Report, date: string): string {
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
  const table = rows.map(
    ({ what, figure, target, met }) =>
      `| ${what} | ${figure} | ${target === undefined ? "" : `${target} ${met ? "✓" : "✗"}`} |`,
  );
  const laidOut = tables.map((lines) => `\n\n\`\`\`\n${lines.join("\n")}\n\`\`\``);
  return `## ${name}\n\n${about}. ${date}, ${machine}.\n\n| | measured | target |\n|---|---|---|\n${table.join("\n")}${laidOut.join("")}`;
}
