import { join } from "node:path";
import { NEW_SMOOTH, stepSmooth, type Deviations } from "../../aggregator/watch/detect/smooth.ts";
import { readCsv } from "./read-csv.ts";

const FILE = "web_kpi_dev_12.csv.gz";
const STEPS_PER_DAY = 24 * 60;
const WARM_UP_ROWS = 7 * STEPS_PER_DAY;
/** One false alarm an hour at most is counted, and none around what is labelled. */
const FALSE_ALARM_ROWS = 60;
const ROWS_BEFORE = 10;
const ROWS_AFTER = 30;
const THRESHOLDS = Array.from({ length: 300 }, (_, index) => 2 * 1.012 ** index);

interface Kpi {
  /** Seconds since 1970. */
  times: number[];
  values: number[];
  labels: boolean[];
  /** Of each detector, the size of each row's deviation. */
  sizes: Record<keyof Deviations, number[]>;
}

interface Board {
  f1: number;
  precision: number;
  recall: number;
  /** By series and day. */
  falseAlarms: number;
  /** Median rows from the beginning of a segment until it is found. */
  delay: number;
  threshold: number;
}

/** Labelled web metrics by the minute: the best F1 that one threshold for all of them gives. @returns a table */
export async function kpis(folder: string): Promise<string[]> {
  const series = await readKpis(folder);
  const row = (cells: readonly string[]) => cells.map((cell, index) => cell.padEnd(index === 0 ? 30 : 13)).join("");
  const scored = (name: string, detector: keyof Deviations) => {
    const boards = THRESHOLDS.map((threshold) => boardOf(series, detector, threshold));
    const best = boards.reduce((a, b) => (b.f1 > a.f1 ? b : a));
    const { f1, precision, recall, falseAlarms, delay, threshold } = best;
    const shares = [f1, precision, recall, falseAlarms].map((share) => share.toFixed(3));
    return row([name, ...shares, `${delay} min`, threshold.toFixed(1)]);
  };
  const segments = series.reduce((sum, kpi) => sum + segmentsOf(kpi).length, 0);
  return [
    `Web metrics by the minute: ${series.length} series, ${segments} labelled segments after a week, one threshold for all`,
    row(["", "best F1", "precision", "recall", "false a day", "delay", "threshold"]),
    scored("Holt-Winters × hour of day", "both"),
    scored("Holt-Winters", "holtWinters"),
    scored("hour of day", "hourOfDay"),
  ];
}

async function readKpis(folder: string): Promise<Kpi[]> {
  const series = new Map<string, Kpi>();
  for await (const { kpi = "", timestamp, value, label } of readCsv(join(folder, FILE))) {
    const sizes = { both: [], holtWinters: [], hourOfDay: [] };
    const own = series.get(kpi) ?? { times: [], values: [], labels: [], sizes };
    series.set(kpi, own);
    if (value === "") continue;
    own.times.push(Number(timestamp));
    own.values.push(Number(value));
    own.labels.push(label === "1");
  }
  const all = [...series.values()];
  for (const kpi of all) measure(kpi);
  return all;
}

function measure({ times, values, sizes }: Kpi): void {
  let state = NEW_SMOOTH;
  for (const [index, value] of values.entries()) {
    const hour = Math.floor((times[index] ?? 0) / 3_600) % 24;
    const stepped = stepSmooth(state, value, hour, STEPS_PER_DAY);
    state = stepped.state;
    for (const name of ["both", "holtWinters", "hourOfDay"] as const)
      sizes[name].push(Math.abs(stepped.deviations[name]));
  }
}

/** First row of each labelled segment after the warm-up, and the row behind its last. */
function segmentsOf({ labels }: Kpi): [first: number, end: number][] {
  const segments: [number, number][] = [];
  for (let row = WARM_UP_ROWS; row < labels.length; row++) {
    if (labels[row] !== true || labels[row - 1] === true) continue;
    const next = labels.indexOf(false, row);
    segments.push([row, next === -1 ? labels.length : next]);
  }
  return segments;
}

function boardOf(series: readonly Kpi[], detector: keyof Deviations, threshold: number): Board {
  const delays: number[] = [];
  let missed = 0;
  let falseAlarms = 0;
  let days = 0;
  for (const kpi of series) {
    const sizes = kpi.sizes[detector];
    const near = nearLabels(kpi);
    for (const [first, end] of segmentsOf(kpi)) {
      const found = sizes.slice(first, end).findIndex((size) => size >= threshold);
      if (found === -1) missed++;
      else delays.push(found);
    }
    let last = -FALSE_ALARM_ROWS;
    for (let row = WARM_UP_ROWS; row < sizes.length; row++) {
      if ((sizes[row] ?? 0) < threshold || near[row] === 1 || row - last < FALSE_ALARM_ROWS) continue;
      falseAlarms++;
      last = row;
    }
    days += (sizes.length - WARM_UP_ROWS) / STEPS_PER_DAY;
  }
  const precision = delays.length / Math.max(1, delays.length + falseAlarms);
  const recall = delays.length / Math.max(1, delays.length + missed);
  const f1 = delays.length === 0 ? 0 : (2 * precision * recall) / (precision + recall);
  const delay = delays.toSorted((a, b) => a - b)[delays.length >> 1] ?? 0;
  return { f1, precision, recall, falseAlarms: falseAlarms / days, delay, threshold };
}

function nearLabels({ labels }: Kpi): Uint8Array {
  const near = new Uint8Array(labels.length);
  for (const [row, label] of labels.entries())
    if (label) near.fill(1, Math.max(0, row - ROWS_BEFORE), row + ROWS_AFTER + 1);
  return near;
}
