import { useMemo } from "react";
import { Chart, type ChartSeries, type Hue } from "../../parts/chart.tsx";
import { Download } from "../../parts/download.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Empty, Loaded } from "../../parts/states.tsx";
import { memberWords, moneyWords, numberWords, shareWords, shortNumber } from "../../parts/words.ts";
import { PageFrame } from "../../shell/page-frame.tsx";
import { useUrlState } from "../../shell/url-state.ts";
import { Controls } from "./controls.tsx";
import { GroupTable } from "./group-table.tsx";
import { METRICS, type MetricsAnswer } from "./metric-list.ts";
import { TotalTiles } from "./total-tiles.tsx";
import { ASKED, useFigures, type ExpectedPoint } from "./use-figures.ts";
import type { Series } from "./totals.ts";

const CHART_HEIGHT = 340;
const HUES: readonly Hue[] = [1, 2, 3, 4, 5, 6];

/** Any metric over any time: charted, compared, as a table and as a file. */
export function FiguresPage() {
  const [asked, set] = useUrlState(ASKED);
  const figures = useFigures(asked);
  const { answer, metric, group, window, interval, query, currencies, currency, series, compared, usual } = figures;
  const unit = answer.data?.unit ?? "count";
  const words = (value: number | null) => valueWords(value, unit, currency);
  return (
    <PageFrame title="Metrics" actions={<Download path="/v1/metrics" query={query} name={`${metric}-${interval}`} />}>
      <Controls
        asked={asked}
        set={set}
        metric={metric}
        group={group}
        window={window}
        interval={interval}
        currencies={currencies}
        currency={currency}
      />
      <div className="stack">
        <TotalTiles
          series={series}
          compared={compared}
          group={group ?? ""}
          words={words}
          isQuotient={unit === "ratio" || metric === "average_order_value"}
        />
        <Panel>
          <Loaded of={answer} skeleton={<div style={{ height: CHART_HEIGHT + 30 }} />}>
            {(data) =>
              series.length === 0 ? (
                <Empty icon="explore" title="Nothing happened in this time">
                  <p>Choose a longer range, or another metric.</p>
                </Empty>
              ) : (
                <FiguresChart
                  answer={data}
                  series={series}
                  compared={compared}
                  usual={usual}
                  words={words}
                  currency={currency}
                />
              )
            }
          </Loaded>
        </Panel>
        {group === null || series.length === 0 ? null : (
          <GroupTable series={series} group={group} words={words} label={METRICS[metric].label} />
        )}
      </div>
    </PageFrame>
  );
}

interface FiguresChartProps {
  answer: MetricsAnswer;
  series: readonly Series[];
  compared: readonly Series[];
  usual: readonly ExpectedPoint[] | undefined;
  words(value: number | null): string;
  currency: string | undefined;
}

function FiguresChart({ answer, series, compared, usual, words, currency }: FiguresChartProps) {
  const { metric, unit, group_by, interval } = answer;
  const label = METRICS[metric].label;
  const timesMs = useMemo(() => series[0]?.points.map(({ at }) => Date.parse(at)) ?? [], [series]);
  const lines = useMemo((): ChartSeries[] => {
    const own = series.slice(0, HUES.length).map((one, index): ChartSeries => ({
      label: one.group === null ? label : memberWords(one.group, group_by ?? ""),
      values: one.points.map(({ value }) => value),
      hue: HUES[index] ?? "rest",
    }));
    const other = compared.slice(0, 1).map((one): ChartSeries => ({
      label: "Compared",
      values: timesMs.map((_, index) => one.points[index]?.value ?? null),
      hue: "rest",
      dashed: true,
    }));
    return [...own, ...other];
  }, [series, compared, label, group_by, timesMs]);
  const band = useMemo(() => {
    if (usual === undefined || usual.length === 0) return undefined;
    const at = new Map(usual.map((point) => [Date.parse(point.at), point]));
    return timesMs.map((ms) => at.get(ms) ?? null);
  }, [usual, timesMs]);
  return (
    <Chart
      label={`${label} by ${interval}${currency === undefined ? "" : `, in ${currency}`}`}
      timesMs={timesMs}
      series={lines}
      band={band}
      words={words}
      axisWords={(value) => axisWords(value, unit, currency)}
      height={CHART_HEIGHT}
    />
  );
}

type Unit = MetricsAnswer["unit"];

function valueWords(value: number | null, unit: Unit, currency: string | undefined): string {
  if (unit === "money") return moneyWords(value, currency);
  return unit === "ratio" ? shareWords(value) : numberWords(value);
}

function axisWords(value: number, unit: Unit, currency: string | undefined): string {
  if (unit === "money") return moneyWords(value, currency, true);
  return unit === "ratio" ? shareWords(value) : shortNumber(value);
}
