import type { RowOf } from "../../api/client.ts";
import { Badge } from "../../parts/badge.tsx";

export type FailedEvent = RowOf<"/v1/failed-events">;

export const KIND_WORDS: Record<FailedEvent["kind"], string> = {
  assessments: "Scored events",
  accounts: "Counts of the edge",
  spool: "Set aside",
};

export function FailureBadge({ failure: { resolution } }: { failure: FailedEvent }) {
  if (resolution === null) return <Badge tone="bad">Not stored</Badge>;
  return <Badge tone="good">{resolution === "stored" ? "Stored" : "Stored by another"}</Badge>;
}
