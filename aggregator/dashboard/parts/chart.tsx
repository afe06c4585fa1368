import { lazy, Suspense, useState } from "react";
import { clock, timeZone } from "../shell/clock.ts";
import { IconButton } from "./button.tsx";
import { Table, type Column } from "./table.tsx";
import { NOTHING, timeWords } from "./words.ts";
import "./chart.css";

const ChartCanvas = lazy(() => import("./chart-canvas.tsx").then((module) => ({ default: module.ChartCanvas })));

/** The tokens `--series-1` to `--series-6`, and one for all others. */
export type Hue = 1 | 2 | 3 | 4 | 5 | 6 | "rest";

export interface ChartSeries {
  label: string;
  /** One for every time; null where there is none. */
  values: readonly (number | null)[];
  hue: Hue;
  /** Drawn with dashes: what was, or what is expected. */
  dashed?: boolean;
}

export interface ChartProps {
  /** What is charted: "Revenue by hour". */
  label: string;
  timesMs: readonly number[];
  series: readonly ChartSeries[];
  /** Where the first series would be by chance; null where that is not known. */
  band?: readonly ({ low: number; high: number } | null)[] | undefined;
  /** A value as it is written. */
  words(value: number | null): string;
  /** The same, short, for the axis. */
  axisWords(value: number): string;
  /** One column for each time, instead of a line. */
  bars?: boolean;
  height?: number;
}

/** Values over time: drawn, told in a sentence, and as a table for whoever wants the figures. */
export function Chart(props: ChartProps) {
  const { label, height = 280 } = props;
  const [isTable, setTable] = useState(false);
  return (
    <figure className="chart" aria-label={label}>
      <div className="chart-head">
        <Legend {...props} />
        <IconButton
          small
          icon={isTable ? "chart" : "table"}
          label={isTable ? "Show as a chart" : "Show as a table"}
          onClick={() => setTable(!isTable)}
        />
      </div>
      {isTable ? (
        <div className="chart-table" style={{ height }} role="group">
          <ChartTable {...props} />
        </div>
      ) : (
        <div style={{ height }} className="chart-place">
          <Suspense fallback={<div className="chart-wait" aria-busy="true" />}>
            <ChartCanvas {...props} height={height} />
          </Suspense>
        </div>
      )}
      <figcaption className="unseen">{summaryOf(props)}</figcaption>
    </figure>
  );
}

function Legend({ series, band }: ChartProps) {
  return (
    <ul className="legend">
      {series.map(({ label, hue, dashed }) => (
        <li key={label}>
          <span className={`legend-mark hue-${hue}${dashed ? " legend-dashed" : ""}`} />
          {label}
        </li>
      ))}
      {band === undefined ? null : (
        <li>
          <span className="legend-band" /> Expected range
        </li>
      )}
    </ul>
  );
}

interface ChartRow {
  atMs: number;
  index: number;
}

function ChartTable({ label, timesMs, series, band, words }: ChartProps) {
  const zone = timeZone(clock.use());
  const rows = timesMs.map((atMs, index): ChartRow => ({ atMs, index })).toReversed();
  const columns: Column<ChartRow>[] = [
    { head: `Time (${zone})`, cell: ({ atMs }) => timeWords(atMs, "minute", zone) },
    ...series.map(({ label: head, values }): Column<ChartRow> => ({
      head,
      align: "end",
      cell: ({ index }) => words(values[index] ?? null),
    })),
  ];
  if (band !== undefined) {
    const range = (at: { low: number; high: number } | null | undefined) =>
      at === null || at === undefined ? NOTHING : `${words(at.low)} – ${words(at.high)}`;
    columns.push({ head: "Expected range", align: "end", cell: ({ index }) => range(band[index]) });
  }
  return <Table caption={label} columns={columns} rows={rows} keyOf={({ atMs }) => String(atMs)} />;
}

/** What the chart shows, in a sentence for each series. */
export function summaryOf({ label, timesMs, series, words }: ChartProps): string {
  const first = timesMs[0];
  const last = timesMs.at(-1);
  if (first === undefined || last === undefined) return `${label}: there is nothing to show.`;
  const span = `${timeWords(first, "minute", "UTC")} to ${timeWords(last, "minute", "UTC")} UTC`;
  const sentences = series.map((one) => {
    const known = one.values.filter((value) => value !== null);
    if (known.length === 0) return `${one.label}: no values.`;
    const highest = Math.max(...known);
    const at = timesMs[one.values.indexOf(highest)] ?? first;
    const lowest = words(Math.min(...known));
    return `${one.label}: from ${lowest} to ${words(highest)}, highest at ${timeWords(at, "minute", "UTC")}, last ${words(known.at(-1) ?? null)}.`;
  });
  return `${label}, ${span}. ${sentences.join(" ")}`;
}
