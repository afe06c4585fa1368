import { useState } from "react";
import { Link, useLocation } from "wouter";
import { usePolling } from "../../../api/live.tsx";
import { useList } from "../../../api/queries.ts";
import { Button } from "../../../parts/button.tsx";
import { Ago } from "../../../parts/figures.tsx";
import { Pager } from "../../../parts/pager.tsx";
import { Panel } from "../../../parts/panel.tsx";
import { Empty, Loaded, SkeletonLines } from "../../../parts/states.tsx";
import { Table } from "../../../parts/table.tsx";
import { AlertsFrame } from "../alerts-frame.tsx";
import { TYPE_NAMES, TYPES } from "../alert.tsx";
import { DestinationBadge, KINDS, nameOf, type Destination } from "./destination.tsx";
import { DestinationDialog } from "./destination-dialog.tsx";
import { WebhookSecret } from "./webhook-secret.tsx";
import "./destinations.css";

/** Where alerts go. */
export function DestinationList() {
  const everyMs = usePolling();
  const list = useList("/v1/webhooks", {}, { everyMs });
  const [, navigate] = useLocation();
  const [isAdding, setAdding] = useState(false);
  const [made, setMade] = useState<{ id: string; secret: string }>();
  const add = (
    <Button icon="plus" look="primary" needs="operator" onClick={() => setAdding(true)}>
      Add a destination
    </Button>
  );
  return (
    <AlertsFrame
      tab="Destinations"
      words="Where alerts go: to an endpoint, a channel, a pager, a mailbox."
      actions={add}
    >
      <Panel flush>
        <Loaded of={list} skeleton={<SkeletonLines lines={4} height={52} />}>
          {() => (
            <Table
              caption="Destinations, newest first"
              rows={list.rows}
              keyOf={({ id }) => id}
              empty={
                <Empty icon="alerts" title="Alerts go nowhere">
                  <p>They are on record under Alerts. Add a destination for somebody to be told.</p>
                </Empty>
              }
              columns={[
                { head: "Destination", cell: (destination) => <DestinationLink destination={destination} /> },
                { head: "State", cell: (destination) => <DestinationBadge destination={destination} /> },
                { head: "Gets", from: "tablet", cell: ({ types }) => typesWords(types) },
                { head: "Added", align: "end", from: "laptop", cell: ({ created_at }) => <Ago at={created_at} /> },
              ]}
            />
          )}
        </Loaded>
        <Pager shown={list.rows.length} of="destinations" list={list} />
      </Panel>
      <DestinationDialog
        open={isAdding}
        onClose={() => setAdding(false)}
        onMade={({ id, secret }) => {
          setAdding(false);
          if (secret === undefined) navigate(`/alerts/destinations/${id}`);
          else setMade({ id, secret });
        }}
      />
      <WebhookSecret
        secret={made?.secret}
        title="The webhook’s secret"
        onSaved={() => {
          navigate(`/alerts/destinations/${made?.id ?? ""}`);
          setMade(undefined);
        }}
      />
    </AlertsFrame>
  );
}

function DestinationLink({ destination }: { destination: Destination }) {
  const { id, kind, url } = destination;
  return (
    <div className="destination-line">
      <Link href={`/alerts/destinations/${id}`} className="destination-name">
        {nameOf(destination)}
      </Link>
      <span className="small soft destination-url">
        {KINDS[kind].name} · {url}
      </span>
    </div>
  );
}

export function typesWords(types: Destination["types"]): string {
  if (types.length === TYPE_NAMES.length) return "Every type";
  return types.map((type) => TYPES[type].name).join(", ");
}
