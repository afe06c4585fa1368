import { useEffect, useRef, useState } from "react";
import uPlot, { type AlignedData, type Options, type Series } from "uplot";
import "uplot/dist/uPlot.min.css";
import { clock, timeZone } from "../shell/clock.ts";
import type { ChartProps, ChartSeries } from "./chart.tsx";
import { timeWords } from "./words.ts";

/** The drawing alone: words and figures of a chart stand beside it. */
export function ChartCanvas(props: ChartProps & { height: number }) {
  const place = useRef<HTMLDivElement>(null);
  const zone = timeZone(clock.use());
  const scheme = useScheme();
  const [at, setAt] = useState<number | null>(null);
  const { timesMs, series, band, bars, height, words } = props;

  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });

  // Drawn anew when what is drawn changes, which the words of values do not by themselves.
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const plot = new uPlot(optionsOf(latest.current, zone, element, setAt), dataOf(latest.current), element);
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [timesMs, series, band, bars, height, zone, scheme]);

  return (
    <div className="chart-canvas" aria-hidden="true">
      <div ref={place} className="chart-plot" />
      {at === null ? null : (
        <div className="chart-tip">
          <span className="faint">{timeWords(timesMs[at] ?? 0, "minute", zone)}</span>
          {series.map(({ label, values, hue }) => (
            <span key={label}>
              <span className={`legend-mark hue-${hue}`} /> {label}{" "}
              <b className="number">{words(values[at] ?? null)}</b>
            </span>
          ))}
          {band?.[at] === undefined || band[at] === null ? null : (
            <span className="soft number">
              expected {words(band[at].low)} – {words(band[at].high)}
            </span>
          )}
        </div>
      )}
    </div>
  );
}

function dataOf({ timesMs, series, band }: ChartProps): AlignedData {
  const edges = band === undefined ? [] : [band.map((at) => at?.high ?? null), band.map((at) => at?.low ?? null)];
  return [timesMs.map((ms) => ms / 1000), ...edges, ...series.map(({ values }) => [...values])];
}

function optionsOf(
  { series, band, axisWords, bars = false }: ChartProps,
  zone: string,
  element: HTMLElement,
  onPoint: (index: number | null) => void,
): Omit<Options, "height"> & { height: number } {
  const colour = (token: string) => colourOf(element, token);
  const grid = { stroke: colour("--line"), width: 1 };
  const axis = {
    stroke: colour("--text-faint"),
    font: `11px ${getComputedStyle(element).fontFamily}`,
    ticks: { show: false },
  };
  const edge: Series = { show: true, stroke: "transparent", width: 0, points: { show: false } };
  return {
    width: element.clientWidth,
    height: element.clientHeight,
    padding: [10, 20, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
    scales: { y: { range: (_, low, high) => [Math.min(0, low), high <= 0 ? 1 : high * 1.06] } },
    axes: [
      { ...axis, grid: { show: false }, size: 30, space: 76, values: shortTimes(zone) },
      { ...axis, grid, size: 58, space: 44, values: (_, values) => values.map(axisWords) },
    ],
    ...(band === undefined ? {} : { bands: [{ series: [1, 2] as [number, number], fill: colour("--band") }] }),
    series: [{}, ...(band === undefined ? [] : [edge, edge]), ...series.map((one) => drawn(one, bars, colour))],
    hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx ?? null)] },
  };
}

function drawn({ label, hue, dashed }: ChartSeries, bars: boolean, colour: (token: string) => string): Series {
  const stroke = colour(`--series-${hue}`);
  const { bars: barPath } = uPlot.paths;
  if (bars && !dashed && barPath !== undefined) {
    return {
      label,
      stroke,
      fill: stroke,
      width: 0,
      points: { show: false },
      paths: barPath({ size: [0.7, 40], radius: 0.15 }),
    };
  }
  return {
    label,
    stroke,
    width: dashed ? 1.4 : 1.8,
    points: { show: false },
    spanGaps: false,
    ...(dashed ? { dash: [5, 4] } : {}),
  };
}

/** The day where one begins, the time within it. */
function shortTimes(zone: string) {
  const time = new Intl.DateTimeFormat(undefined, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: zone,
  });
  const day = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric", timeZone: zone });
  return (_: uPlot, splits: number[]) =>
    splits.map((seconds) => {
      const hour = time.format(seconds * 1000);
      return /^\D*0?0\D+00\D*$/.test(hour) ? day.format(seconds * 1000) : hour;
    });
}

/** A token as the canvas takes it, in the theme that holds now. */
function colourOf(element: HTMLElement, token: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${token})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** Changes whenever light becomes dark. */
function useScheme(): string {
  const [scheme, setScheme] = useState(readScheme);
  useEffect(() => {
    const update = () => setScheme(readScheme());
    const media = matchMedia("(prefers-color-scheme: dark)");
    const observer = new MutationObserver(update);
    media.addEventListener("change", update);
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    return () => {
      media.removeEventListener("change", update);
      observer.disconnect();
    };
  }, []);
  return scheme;
}

function readScheme(): string {
  return `${document.documentElement.dataset["theme"] ?? ""} ${matchMedia("(prefers-color-scheme: dark)").matches}`;
}
