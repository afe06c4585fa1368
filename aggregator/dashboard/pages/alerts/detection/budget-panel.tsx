import { useMemo } from "react";
import type { Answer } from "../../../api/client.ts";
import { useGet } from "../../../api/queries.ts";
import { Chart, type ChartSeries } from "../../../parts/chart.tsx";
import { Fact, Facts } from "../../../parts/figures.tsx";
import { Panel } from "../../../parts/panel.tsx";
import { Empty, Loaded, SkeletonLines } from "../../../parts/states.tsx";
import { numberWords, shortNumber } from "../../../parts/words.ts";

type Budget = Answer<"get", "/v1/alert-budget">;

const BASIS: Record<NonNullable<Budget["basis"]>, string> = {
  promise: "what scores promise, as too few days are known",
  counted: "the scores of the last days",
  extrapolated: "the scores of the last days, continued beyond the highest",
  floor: "nothing lower is allowed",
  ceiling: "nothing higher is possible",
};

/** Whether there were as many alerts as wished. */
export function BudgetPanel() {
  const budget = useGet("/v1/alert-budget", {});
  return (
    <Panel title="Alerts, day by day" note="Whole days in UTC">
      <Loaded of={budget} skeleton={<SkeletonLines lines={8} />}>
        {(data) => (data.days.length === 0 ? <NoDays /> : <Days budget={data} />)}
      </Loaded>
    </Panel>
  );
}

function NoDays() {
  return (
    <Empty icon="clock" title="No whole day is known yet">
      <p>The first shows after midnight, UTC.</p>
    </Empty>
  );
}

function Days({ budget }: { budget: Budget }) {
  const { days, target, threshold, reason, basis, correction, days_known } = budget;
  const inOrder = useMemo(() => days.toReversed(), [days]);
  const timesMs = useMemo(() => inOrder.map(({ date }) => Date.parse(date)), [inOrder]);
  const series = useMemo((): ChartSeries[] => {
    const alerts: ChartSeries = { label: "Anomalies", values: inOrder.map((day) => day.alerts), hue: 1 };
    const wished = inOrder.map((day) => day.wished);
    if (wished.every((value) => value === null)) return [alerts];
    return [alerts, { label: "Wished", values: wished, hue: 3, dashed: true }];
  }, [inOrder]);
  return (
    <div className="stack">
      <Chart
        label="Anomalies a day"
        timesMs={timesMs}
        series={series}
        words={numberWords}
        axisWords={shortNumber}
        bars
        height={180}
      />
      <Facts>
        <Fact name="Wish">{targetWords(target)}</Fact>
        <Fact name="Threshold">
          {threshold ?? "the deployment’s"}, {reason}
        </Fact>
        {basis === null ? null : <Fact name="Chosen by">{BASIS[basis]}</Fact>}
        {correction === null ? null : (
          <Fact name="Correction">
            ×{numberWords(correction)}, by {numberWords(days_known)} days
          </Fact>
        )}
      </Facts>
    </div>
  );
}

function targetWords(target: Budget["target"]): string {
  if (target === null) return "none: the threshold is given";
  return "per_day" in target
    ? `about ${numberWords(target.per_day)} a day`
    : `1 in ${numberWords(Math.round(1 / target.share))} clean events`;
}
