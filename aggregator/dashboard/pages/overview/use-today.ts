import { useMemo } from "react";
import { usePolling } from "../../api/live.tsx";
import { useGet } from "../../api/queries.ts";
import { clock, useNow } from "../../shell/clock.ts";
import { dayOf, dayStartMs, hoursOf, type Day } from "./today.ts";

const MINUTE_MS = 60_000;

/** Today's revenue or orders by the hour, with what is usual. */
export function useToday(metric: "revenue" | "orders") {
  const utc = clock.use() === "utc";
  const nowMs = useNow(MINUTE_MS);
  const everyMs = usePolling();
  const startMs = dayStartMs(nowMs, utc);
  const hours = useMemo(() => hoursOf(startMs, utc), [startMs, utc]);
  const window = { interval: "1h" as const, from: iso(startMs), to: iso((hours.at(-1) ?? startMs) + 60 * MINUTE_MS) };
  const metrics = useGet("/v1/metrics", { query: { metric, ...window } }, { everyMs, keep: true });
  const expected = useGet("/v1/expected", { query: { metric, ...window } }, { keep: true });
  const { data } = metrics;
  const usual = expected.data;
  const day = useMemo(
    (): Day | undefined => (data === undefined ? undefined : dayOf(hours, data, usual, nowMs)),
    [hours, data, usual, nowMs],
  );
  return { day, error: metrics.error, refetch: metrics.refetch, isLearning: usual?.state === "learning" };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
