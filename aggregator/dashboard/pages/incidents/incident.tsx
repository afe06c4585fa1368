import type { RowOf } from "../../api/client.ts";
import { Badge } from "../../parts/badge.tsx";
import { spanWords } from "../../parts/words.ts";

export type Incident = RowOf<"/v1/incidents">;

export function IncidentBadge({ status }: Pick<Incident, "status">) {
  return status === "open" ? (
    <Badge tone="bad" dot>
      Open
    </Badge>
  ) : (
    <Badge>Closed</Badge>
  );
}

export function lasted({ started_at, last_at }: Incident): string {
  return spanWords(Date.parse(last_at) - Date.parse(started_at));
}
