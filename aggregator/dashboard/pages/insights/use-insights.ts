import { usePolling } from "../../api/live.tsx";
import type { Answer, Input } from "../../api/client.ts";
import { useGet } from "../../api/queries.ts";

export type InsightsAnswer = Answer<"get", "/v1/insights">;
export type Finding = InsightsAnswer["data"][number];
export type WindowName = NonNullable<NonNullable<Input<"get", "/v1/insights">["query"]>["window"]>;

export const WINDOWS: readonly { value: WindowName; label: string }[] = [
  { value: "1h", label: "1 h" },
  { value: "6h", label: "6 h" },
  { value: "24h", label: "24 h" },
  { value: "7d", label: "7 d" },
  { value: "30d", label: "30 d" },
];

/** Findings change with the hour, not with the second. */
const EVERY_MS = 120_000;

export function useInsights(window: WindowName, traffic: "all" | "trusted" = "all") {
  const everyMs = usePolling();
  return useGet(
    "/v1/insights",
    { query: { window, traffic } },
    { everyMs: Math.max(EVERY_MS, everyMs ?? 0), keep: true },
  );
}
