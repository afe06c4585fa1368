import { Link, useParams } from "wouter";
import { usePolling } from "../../api/live.tsx";
import { useList } from "../../api/queries.ts";
import { Ago, Money } from "../../parts/figures.tsx";
import { Pager } from "../../parts/pager.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Segments } from "../../parts/segments.tsx";
import { Empty, Loaded, SkeletonLines } from "../../parts/states.tsx";
import { Table } from "../../parts/table.tsx";
import { changeWords, NOTHING } from "../../parts/words.ts";
import { PageFrame } from "../../shell/page-frame.tsx";
import { useUrlState } from "../../shell/url-state.ts";
import { IncidentDetail } from "./incident-detail.tsx";
import { IncidentBadge, lasted } from "./incident.tsx";

/** Figures that are or were not as usual. */
export function IncidentsPage() {
  const { id } = useParams<{ id?: string }>();
  return id === undefined ? <IncidentsList /> : <IncidentDetail id={id} />;
}

const STATUSES = [
  { value: "open", label: "Open" },
  { value: "closed", label: "Closed" },
  { value: "all", label: "All" },
] as const;

function IncidentsList() {
  const [{ status: asked }, set] = useUrlState({ status: "all" });
  const everyMs = usePolling();
  const status = STATUSES.find(({ value }) => value === asked)?.value ?? "all";
  const list = useList("/v1/incidents", { query: { status: status === "all" ? null : status } }, { everyMs });
  return (
    <PageFrame
      title="Incidents"
      words="Revenue, orders, payments and traffic are held against what is usual at that hour of the week, every minute. One cause is one incident."
      actions={<Segments label="Status" value={status} onChange={(next) => set({ status: next })} options={STATUSES} />}
    >
      <Panel flush>
        <Loaded of={list} skeleton={<SkeletonLines lines={6} />}>
          {() => (
            <Table
              caption="Incidents, newest first"
              rows={list.rows}
              keyOf={(incident) => incident.id}
              empty={
                <Empty icon="check" title={status === "open" ? "Everything is as usual" : "No incident so far"}>
                  <p>After a week of learning, what leaves its usual range shows here within minutes.</p>
                </Empty>
              }
              columns={[
                {
                  head: "Incident",
                  cell: (incident) => <Link href={`/incidents/${incident.id}`}>{incident.title}</Link>,
                },
                { head: "Status", cell: ({ status: is }) => <IncidentBadge status={is} /> },
                { head: "Began", from: "tablet", cell: ({ started_at }) => <Ago at={started_at} /> },
                { head: "Lasted", from: "laptop", align: "end", cell: lasted },
                {
                  head: "Change",
                  from: "tablet",
                  align: "end",
                  cell: ({ change }) => (change === null ? NOTHING : changeWords(change)),
                },
                {
                  head: "Cost",
                  align: "end",
                  cell: ({ impact }) =>
                    impact === null ? NOTHING : <Money value={impact.amount} currency={impact.currency} brief />,
                },
              ]}
            />
          )}
        </Loaded>
        <Pager shown={list.rows.length} of="incidents" list={list} />
      </Panel>
    </PageFrame>
  );
}
