import type { RowOf } from "../../api/client.ts";
import { usePolling } from "../../api/live.tsx";
import { useChange, useGet } from "../../api/queries.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Ago, Money } from "../../parts/figures.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Empty, Loaded, SkeletonLines } from "../../parts/states.tsx";
import { toast } from "../../parts/toast.tsx";
import { changeWords } from "../../parts/words.ts";
import "./open-lists.css";

/** Figures that are not as usual now. */
export function OpenIncidentsPanel() {
  const everyMs = usePolling();
  const open = useGet("/v1/incidents", { query: { status: "open", limit: 20 } }, { everyMs });
  return (
    <Panel title="Open incidents" note={open.data?.data.length} flush className="open-list">
      <Loaded of={open} skeleton={<SkeletonLines lines={3} height={64} />}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty icon="check" title="Everything is as usual">
              <p>Revenue, orders, payments and traffic are held against their usual every minute.</p>
            </Empty>
          ) : (
            <ul>
              {data.map((incident) => (
                <IncidentLine key={incident.id} incident={incident} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}

function IncidentLine({ incident: { id, title, started_at, change, impact } }: { incident: RowOf<"/v1/incidents"> }) {
  const close = useChange("post", "/v1/incidents/{id}/close", ["/v1/incidents"]);
  const run = () =>
    close.mutate(
      { params: { id }, body: {} },
      {
        onSuccess: () => toast("Incident closed."),
        onError: (error) => toast(`The incident could not be closed: ${error.message}`, { tone: "bad" }),
      },
    );
  return (
    <li className="open-line">
      <span className="grow">
        <span className="open-wrap">{title}</span>
        <span className="small soft row row-wrap">
          since <Ago at={started_at} />
          {change === null ? null : <Badge tone="warn">{changeWords(change)}</Badge>}
          {impact === null ? null : (
            <span>
              <Money value={impact.amount} currency={impact.currency} brief /> against the usual
            </span>
          )}
        </span>
      </span>
      <Button small needs="operator" busy={close.isPending} onClick={run}>
        Close
      </Button>
    </li>
  );
}
