import { useState } from "react";
import { usePolling } from "../../api/live.tsx";
import { useList } from "../../api/queries.ts";
import { queryOf, type Anomaly, type Filters } from "./queue-filters.ts";
import type { Label } from "./verdicts.ts";

const PAGE = 50;

/** The rows to go through, and how many newer ones are held back so that nothing moves under the hand. */
export interface QueueRows {
  list: ReturnType<typeof useAnomalies>;
  rows: Anomaly[];
  newer: number;
  showNewer(): void;
}

/**
 * @param pending verdicts on their way: what was judged leaves the open ones at once
 * @param isHeld somebody is at work in the list: what comes is counted and not shown
 */
export function useQueue(filters: Filters, pending: ReadonlyMap<string, Label | null>, isHeld: boolean): QueueRows {
  const list = useAnomalies(filters);
  const [edge, setEdge] = useState<string | null>(null);
  const isLeaving = ({ id }: Anomaly) => (pending.get(id) ?? null) !== null;
  const all = filters.status === "open" ? list.rows.filter((row) => !isLeaving(row)) : list.rows;
  const newest = all[0]?.created_at ?? null;
  // While nobody is at work, the newest that is shown is the newest there is.
  if (!isHeld && newest !== edge) setEdge(newest);
  const rows = isHeld && edge !== null ? all.filter(({ created_at }) => created_at <= edge) : all;
  return { list, rows, newer: all.length - rows.length, showNewer: () => setEdge(newest) };
}

function useAnomalies(filters: Filters) {
  const everyMs = usePolling();
  return useList("/v1/anomalies", { query: { limit: PAGE, ...queryOf(filters) } }, { everyMs });
}
