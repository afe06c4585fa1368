import { useMemo } from "react";
import { usePolling } from "../../api/live.tsx";
import { useGet } from "../../api/queries.ts";
import type { Answer, Input } from "../../api/client.ts";
import { useNow } from "../../shell/clock.ts";
import { groupOf, METRICS, metricOf } from "./metric-list.ts";
import { comparedWith, intervalOf, timesOf, windowOf } from "./range.ts";
import { currenciesOf, weightOf, type Series } from "./totals.ts";

export const ASKED = {
  metric: "revenue",
  group_by: "",
  interval: "",
  range: "7d",
  from: "",
  to: "",
  traffic: "all",
  compare: "",
  currency: "",
} as const;
export type Asked = Record<keyof typeof ASKED, string>;

type ExpectedQuery = NonNullable<Input<"get", "/v1/expected">["query"]>;
export type ExpectedPoint = Answer<"get", "/v1/expected">["points"][number];

const MINUTE_MS = 60_000;

/** What a link asks for, answered: the series, those of another time beside them, and what is usual. */
export function useFigures(asked: Asked) {
  const nowMs = Math.floor(useNow(MINUTE_MS) / MINUTE_MS) * MINUTE_MS;
  const everyMs = usePolling();
  const metric = metricOf(asked.metric);
  const group = groupOf(metric, asked.group_by);
  const window = windowOf(asked, nowMs);
  const interval = intervalOf(window, asked.interval);
  const other = group === null ? comparedWith(window, asked.compare) : null;
  const traffic = asked.traffic === "trusted" ? ("trusted" as const) : ("all" as const);
  const query = { metric, interval, traffic, group_by: group, ...timesOf(window) };

  const answer = useGet("/v1/metrics", { query }, { everyMs, keep: true });
  const before = useGet(
    "/v1/metrics",
    { query: { ...query, ...timesOf(other ?? window) } },
    { enabled: other !== null, keep: true },
  );
  const isExpected =
    METRICS[metric].isWatched && group === null && traffic === "all" && interval !== "1d" && interval !== "1w";
  const expected = useGet(
    "/v1/expected",
    // What is watched is known of these metrics alone, at these intervals.
    { query: { metric, interval, ...timesOf(window) } as ExpectedQuery },
    { enabled: isExpected, keep: true },
  );

  const { data } = answer;
  const currencies = useMemo(() => (data === undefined ? [] : currenciesOf(data)), [data]);
  const currency = currencies.find((code) => code === asked.currency) ?? currencies[0];
  const series = useMemo(() => ofCurrency(data?.series, currency), [data, currency]);
  const compared = useMemo(() => ofCurrency(before.data?.series, currency), [before.data, currency]);
  const usual =
    isExpected && (currency === undefined || expected.data?.currency === currency) ? expected.data?.points : undefined;
  return {
    answer,
    metric,
    group,
    window,
    interval,
    query,
    currencies,
    currency,
    series,
    compared: other === null ? [] : compared,
    usual,
  };
}

function ofCurrency(series: readonly Series[] | undefined, currency: string | undefined): Series[] {
  return (series ?? []).filter((one) => one.currency === currency).toSorted((a, b) => weightOf(b) - weightOf(a));
}
