import { Chart } from "../../parts/chart.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Segments } from "../../parts/segments.tsx";
import { Loaded } from "../../parts/states.tsx";
import { moneyWords, numberWords, shortNumber } from "../../parts/words.ts";
import { useUrlState } from "../../shell/url-state.ts";
import { useMemo } from "react";
import type { Day } from "./today.ts";
import { useToday } from "./use-today.ts";

const HEIGHT = 262;

/** Today by the hour, within what is usual. */
export function TodayPanel() {
  const [{ today }, set] = useUrlState({ today: "revenue" });
  const metric = today === "orders" ? "orders" : "revenue";
  const { day, error, refetch, isLearning } = useToday(metric);
  return (
    <Panel
      title="Today by the hour"
      note={isLearning ? "What is usual is learned in the first week" : undefined}
      actions={
        <Segments
          label="Figure of the chart"
          value={metric}
          onChange={(next) => set({ today: next })}
          options={[
            { value: "revenue", label: "Revenue" },
            { value: "orders", label: "Orders" },
          ]}
        />
      }
    >
      <Loaded of={{ data: day, error, refetch }} skeleton={<div style={{ height: HEIGHT + 30 }} />}>
        {(data) => <DayChart day={data} metric={metric} />}
      </Loaded>
    </Panel>
  );
}

function DayChart({ day, metric }: { day: Day; metric: "revenue" | "orders" }) {
  const { values, goingOn, currency } = day;
  const label = metric === "revenue" ? `Revenue${currency === undefined ? "" : ` in ${currency}`}` : "Orders";
  const series = useMemo(
    () => [
      { label, values, hue: 1 as const },
      { label: "This hour so far", values: goingOn, hue: 1 as const, dashed: true },
    ],
    [label, values, goingOn],
  );
  const words = (value: number | null) => (metric === "revenue" ? moneyWords(value, currency) : numberWords(value));
  const axisWords = (value: number) => (metric === "revenue" ? moneyWords(value, currency, true) : shortNumber(value));
  return (
    <Chart
      label={`${label} today by the hour`}
      timesMs={day.timesMs}
      series={series}
      band={day.band}
      words={words}
      axisWords={axisWords}
      height={HEIGHT}
    />
  );
}
