import { useMemo } from "react";
import { useGet } from "../../api/queries.ts";
import { Chart } from "../../parts/chart.tsx";
import { LinkButton } from "../../parts/button.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Loaded } from "../../parts/states.tsx";
import { codeWords, moneyWords, numberWords, shareWords, shortNumber } from "../../parts/words.ts";
import { metricOf } from "../figures/metric-list.ts";
import type { Incident } from "./incident.tsx";

const HOUR_MS = 3_600_000;
const AROUND_MS = 6 * HOUR_MS;
const HEIGHT = 240;

/** The metric over the incident and some hours before and after it. Charts know of everything, not of its parts. */
export function IncidentChart({ incident: { metric, started_at, last_at } }: { incident: Incident }) {
  const shown = metricOf(metric === "no_data" ? "events" : metric === "no_orders" ? "orders" : metric);
  const span = {
    metric: shown,
    interval: "5m" as const,
    from: new Date(Date.parse(started_at) - AROUND_MS).toISOString(),
    to: new Date(Date.parse(last_at) + AROUND_MS).toISOString(),
  };
  const isLong = Date.parse(last_at) - Date.parse(started_at) > 48 * HOUR_MS;
  const query = { ...span, interval: isLong ? ("1h" as const) : span.interval };
  const answer = useGet("/v1/metrics", { query });
  const usual = useGet("/v1/expected", {
    query: { ...query, metric: query.metric === "anomaly_rate" ? "events" : query.metric },
  });
  const main = answer.data?.series[0];
  const timesMs = useMemo(() => main?.points.map(({ at }) => Date.parse(at)) ?? [], [main]);
  const series = useMemo(
    () => [{ label: codeWords(shown), values: main?.points.map(({ value }) => value) ?? [], hue: 1 as const }],
    [main, shown],
  );
  const band = useMemo(() => {
    const at = new Map(usual.data?.points.map((point) => [Date.parse(point.at), point]));
    return at.size === 0 ? undefined : timesMs.map((ms) => at.get(ms) ?? null);
  }, [usual.data, timesMs]);
  const currency = main?.currency;
  const unit = answer.data?.unit;
  const words = (value: number | null) =>
    unit === "money" ? moneyWords(value, currency) : unit === "ratio" ? shareWords(value) : numberWords(value);
  return (
    <Panel
      title={codeWords(shown)}
      note="Six hours before to six after"
      actions={
        <LinkButton small look="quiet" href={`/figures?metric=${shown}&from=${query.from}&to=${query.to}`}>
          In Metrics
        </LinkButton>
      }
    >
      <Loaded of={answer} skeleton={<div style={{ height: HEIGHT + 30 }} />}>
        {() => (
          <Chart
            label={`${codeWords(shown)} around the incident`}
            timesMs={timesMs}
            series={series}
            band={band}
            words={words}
            axisWords={(value) => (unit === "count" ? shortNumber(value) : words(value))}
            height={HEIGHT}
          />
        )}
      </Loaded>
    </Panel>
  );
}
