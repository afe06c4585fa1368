import { Link } from "wouter";
import { useChange, useList } from "../../../api/queries.ts";
import { Badge } from "../../../parts/badge.tsx";
import { Button, LinkButton } from "../../../parts/button.tsx";
import { Time } from "../../../parts/figures.tsx";
import { Pager } from "../../../parts/pager.tsx";
import { Panel } from "../../../parts/panel.tsx";
import { Empty, Loaded, SkeletonLines } from "../../../parts/states.tsx";
import { Table } from "../../../parts/table.tsx";
import { toast } from "../../../parts/toast.tsx";
import { AlertsFrame } from "../alerts-frame.tsx";
import { conditionWords, groupingWords, type Rule } from "./rule.ts";
import { SilenceMenu } from "./silence-menu.tsx";
import "./rule-list.css";

/** What makes alerts of anomalies. */
export function RuleList() {
  const list = useList("/v1/alert-rules", {});
  return (
    <AlertsFrame
      tab="Rules"
      words="An anomaly alerts by each rule that it matches. A change holds for what is found from then on."
      actions={
        <LinkButton look="primary" icon="plus" href="/alerts/rules/new">
          New rule
        </LinkButton>
      }
    >
      <Panel flush>
        <Loaded of={list} skeleton={<SkeletonLines lines={4} height={60} />}>
          {() => (
            <Table
              caption="Alert rules, newest first"
              rows={list.rows}
              keyOf={({ id }) => id}
              empty={
                <Empty icon="alerts" title="Nothing alerts on anomalies">
                  <p>
                    Anomalies are found and can be judged, but nobody is told. Make a rule, even one without conditions.
                  </p>
                </Empty>
              }
              columns={[
                { head: "Rule", cell: (rule) => <RuleLine rule={rule} /> },
                { head: "State", cell: (rule) => <RuleState rule={rule} /> },
                { head: "Goes to", from: "laptop", cell: ({ webhook_ids }) => targetWords(webhook_ids) },
                {
                  head: "What can be done",
                  headUnseen: true,
                  align: "end",
                  from: "tablet",
                  cell: (rule) => (
                    <span className="row rule-actions">
                      <SilenceMenu rule={rule} />
                      <OnOff rule={rule} />
                    </span>
                  ),
                },
              ]}
            />
          )}
        </Loaded>
        <Pager shown={list.rows.length} of="rules" list={list} />
      </Panel>
    </AlertsFrame>
  );
}

function RuleLine({ rule }: { rule: Rule }) {
  const words = conditionWords(rule.conditions);
  return (
    <div className="rule-line">
      <Link href={`/alerts/rules/${rule.id}`} className="rule-name">
        {rule.name}
      </Link>
      <span className="small soft">{words.length === 0 ? "Every anomaly" : words.join(" · ")}</span>
      <span className="small faint">{groupingWords(rule)}</span>
    </div>
  );
}

export function RuleState({ rule: { enabled, silenced_until } }: { rule: Rule }) {
  if (!enabled) return <Badge>Off</Badge>;
  if (silenced_until !== null) {
    return (
      <span className="row row-wrap">
        <Badge tone="warn">Silent</Badge>
        <span className="small soft">
          until <Time at={silenced_until} />
        </span>
      </span>
    );
  }
  return (
    <Badge tone="good" dot>
      On
    </Badge>
  );
}

export function targetWords(ids: string[] | null): string {
  if (ids === null) return "every destination";
  return ids.length === 1 ? "1 destination" : `${ids.length} destinations`;
}

export function OnOff({ rule: { id, name, enabled } }: { rule: Rule }) {
  const change = useChange("patch", "/v1/alert-rules/{id}", ["/v1/alert-rules"]);
  const run = () =>
    change.mutate(
      { params: { id }, body: { enabled: !enabled } },
      {
        onSuccess: () => toast(enabled ? `“${name}” is off.` : `“${name}” is on.`),
        onError: (error) => toast(`It was not changed: ${error.message}`, { tone: "bad" }),
      },
    );
  return (
    <Button
      small
      icon={enabled ? "pause" : "play"}
      needs="operator"
      busy={change.isPending}
      aria-label={`${enabled ? "Switch off" : "Switch on"}: ${name}`}
      onClick={run}
    >
      {enabled ? "Switch off" : "Switch on"}
    </Button>
  );
}
