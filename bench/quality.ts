import { attackBoard, type AttackBoard } from "./quality/attack-board.ts";
import { readBundled } from "./quality/bundled.ts";
import { dayZero, type Week } from "./quality/day-zero.ts";
import { firstYear, type FirstYear } from "./quality/first-year.ts";
import type { Ranking } from "./quality/ranking.ts";

/** Detection quality on public data and on simulated attacks: `BENCH_DATA=<folder> node bench/quality.ts`, about two minutes. */
async function main(): Promise<void> {
  const folder = process.env["BENCH_DATA"];
  const bundled = readBundled();
  print(attackLines(attackBoard(bundled)));
  if (folder === undefined) {
    print(["BENCH_DATA is not set: the figures on public data are left out. Set it to the folder the files are in."]);
    return;
  }
  print(firstYearLines(await firstYear(folder, bundled)));
  print(dayZeroLines(await dayZero(folder, bundled)));
}

function attackLines({ cleanOrders, falseAlarms, threshold, recall }: AttackBoard): string[] {
  const row = (cells: readonly (string | number)[]) => columns(cells, [18, 9, 10, 10, 9, 11, 11]);
  return [
    `Simulated attacks in simulated traffic of seven shops, ${cleanOrders} clean payment attempts, bundled model`,
    `at the default threshold ${falseAlarms.toFixed(1)} false alarms in 10,000; at ${threshold} at most 10`,
    row(["", "attacks", "found", "attempts", "found", `at ${threshold}:`, "attempts"]),
    ...recall.map(({ attack, atDefault, atThreshold }) =>
      row([
        attack,
        atDefault.incidents,
        atDefault.incidentShare.toFixed(3),
        atDefault.attempts,
        atDefault.attemptShare.toFixed(3),
        atThreshold.incidentShare.toFixed(3),
        atThreshold.attemptShare.toFixed(3),
      ]),
    ),
    ...recall.map(
      ({ attack, atDefault }) =>
        `${attack}: the median attack is found at its attempt number ${atDefault.attemptsUntilFound}`,
    ),
  ];
}

function firstYearLines({ orders, share06, share07, reasons }: FirstYear): string[] {
  return [
    `A real shop's first year with the bundled model (UCI Online Retail, ${orders} orders)`,
    `score >= 0.6: ${percent(share06)}   score >= 0.7: ${percent(share07)}`,
    `first reasons at 0.7: ${reasons.map(({ code, orders: count }) => `${code} ${count}`).join(", ")}`,
  ];
}

function dayZeroLines(weeks: readonly Week[]): string[] {
  const row = (cells: readonly string[]) => columns(cells, [34, 16, 16, 16]);
  const measured = (name: keyof Week, label: string) =>
    row([
      label,
      ...(["averagePrecision", "precisionAt100", "recallAtOnePercent"] as const satisfies (keyof Ranking)[]).map(
        (figure) => spread(weeks.map((week) => week[name][figure])),
      ),
    ]);
  return [
    `Labelled card payments, no labels used (Fraud Detection Handbook simulation, ${weeks.length} test weeks, mean ± deviation)`,
    row(["", "AP", "P@100 a week", "R@1%"]),
    measured("first28", "fitted on the first 28 days"),
    measured("last28", "fitted on the 28 days before"),
    measured("bundled", "bundled model as it is"),
  ];
}

function spread(values: readonly number[]): string {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return `${mean.toFixed(3)} ± ${Math.sqrt(variance).toFixed(3)}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

function columns(cells: readonly (string | number)[], widths: readonly number[]): string {
  return cells.map((cell, index) => String(cell).padEnd(widths[index] ?? 0)).join("");
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n\n`);
}

await main();
