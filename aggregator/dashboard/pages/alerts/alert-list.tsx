import { Link, useLocation } from "wouter";
import { usePolling } from "../../api/live.tsx";
import { useChange, useGet, useList } from "../../api/queries.ts";
import { Badge } from "../../parts/badge.tsx";
import { IconButton, LinkButton } from "../../parts/button.tsx";
import { SelectField } from "../../parts/field.tsx";
import { Ago, Score } from "../../parts/figures.tsx";
import { Pager } from "../../parts/pager.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Segments } from "../../parts/segments.tsx";
import { Empty, Loaded, SkeletonLines } from "../../parts/states.tsx";
import { Table, type Column } from "../../parts/table.tsx";
import { toast } from "../../parts/toast.tsx";
import { NOTHING, numberWords } from "../../parts/words.ts";
import { useKeepSearch, useUrlState } from "../../shell/url-state.ts";
import { AlertDetail } from "./alert-detail.tsx";
import { DeliveriesBadge, titleOf, TYPES, type Alert } from "./alert.tsx";
import { AlertsFrame } from "./alerts-frame.tsx";
import "./alert-list.css";

const SHOWN = [
  { value: "false", label: "Open" },
  { value: "true", label: "Acknowledged" },
  { value: "", label: "All" },
] as const;

/** Everything that was alerted, newest first, and one of them in full. */
export function AlertList({ openId }: { openId: string | undefined }) {
  const [{ acknowledged: asked, rule_id }, set] = useUrlState({ acknowledged: "", rule_id: "" });
  const acknowledged = SHOWN.find(({ value }) => value === asked)?.value ?? "";
  const [, navigate] = useLocation();
  const keepSearch = useKeepSearch();
  const everyMs = usePolling();
  const rules = useGet("/v1/alert-rules", { query: { limit: 100 } });
  const query = { acknowledged: acknowledged === "" ? null : acknowledged, rule_id };
  const list = useList("/v1/alerts", { query }, { everyMs, keep: true });
  const isFiltered = acknowledged !== "" || rule_id !== "";
  return (
    <AlertsFrame tab="Alerts" words="What was told, to whom, and whether it came through.">
      <div className="alert-filters">
        <Segments
          label="Which alerts"
          value={acknowledged}
          onChange={(next) => set({ acknowledged: next })}
          options={SHOWN}
        />
        <SelectField
          label="Rule"
          labelUnseen
          value={rule_id}
          onChange={(next) => set({ rule_id: next })}
          options={[
            { value: "", label: "Any rule" },
            ...(rules.data?.data ?? []).map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
      </div>
      <Panel flush>
        <Loaded of={list} skeleton={<SkeletonLines lines={10} height={52} />}>
          {() => (
            <Table
              caption="Alerts, newest first"
              rows={list.rows}
              keyOf={({ id }) => id}
              selected={openId}
              columns={columns(keepSearch)}
              empty={<NoAlerts isFiltered={isFiltered} />}
            />
          )}
        </Loaded>
        <Pager shown={list.rows.length} of="alerts" list={list} />
      </Panel>
      <AlertDetail id={openId} onClose={() => navigate(keepSearch("/alerts"))} />
    </AlertsFrame>
  );
}

function columns(keepSearch: (path: string) => string): Column<Alert>[] {
  return [
    {
      head: "Alert",
      cell: (alert) => (
        <div className="alert-line">
          <Link href={keepSearch(`/alerts/${alert.id}`)} className="alert-title">
            {titleOf(alert)}
          </Link>
          <span className="small soft row row-wrap">
            <span>{TYPES[alert.type].name}</span>
            {alert.digest ? <Badge tone="accent">Digest</Badge> : null}
            {alert.group === null ? null : <span className="alert-group">{alert.group}</span>}
          </span>
        </div>
      ),
    },
    {
      head: "Anomalies",
      align: "end",
      from: "tablet",
      cell: ({ type, anomalies }) => (type === "anomaly.detected" ? numberWords(anomalies) : NOTHING),
    },
    {
      head: "Top score",
      from: "laptop",
      cell: ({ top_score }) => (top_score === null ? NOTHING : <Score score={top_score} threshold={0} />),
    },
    { head: "Deliveries", from: "tablet", cell: (alert) => <DeliveriesBadge {...alert} /> },
    {
      head: "Raised",
      align: "end",
      cell: ({ created_at }) => (
        <span className="alert-when">
          <Ago at={created_at} />
        </span>
      ),
    },
    { head: "Acknowledge", headUnseen: true, align: "end", cell: (alert) => <Acknowledge alert={alert} /> },
  ];
}

function Acknowledge({ alert: { id, acknowledged_at } }: { alert: Alert }) {
  const acknowledge = useChange("post", "/v1/alerts/{id}/acknowledge", ["/v1/alerts"]);
  if (acknowledged_at !== null) {
    return <Badge tone="good">Seen</Badge>;
  }
  return (
    <IconButton
      small
      icon="check"
      label="Acknowledge"
      needs="operator"
      busy={acknowledge.isPending}
      onClick={() =>
        acknowledge.mutate(
          { params: { id } },
          {
            onSuccess: () => toast("Acknowledged."),
            onError: (error) => toast(`It could not be acknowledged: ${error.message}`, { tone: "bad" }),
          },
        )
      }
    />
  );
}

function NoAlerts({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered) {
    return (
      <Empty icon="filter" title="No alert is like that">
        <p>Choose all alerts of any rule to see the others.</p>
      </Empty>
    );
  }
  return (
    <Empty icon="alerts" title="Nothing was alerted so far">
      <p>A rule alerts on anomalies as they are found. Make sure that somebody is told.</p>
      <LinkButton href="/alerts/destinations">Destinations</LinkButton>
    </Empty>
  );
}
