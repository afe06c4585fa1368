import { useState } from "react";
import { usePolling } from "../../../api/live.tsx";
import { useList } from "../../../api/queries.ts";
import { Badge } from "../../../parts/badge.tsx";
import { Button } from "../../../parts/button.tsx";
import { Time } from "../../../parts/figures.tsx";
import { Pager } from "../../../parts/pager.tsx";
import { Panel } from "../../../parts/panel.tsx";
import { Empty, Loaded, SkeletonLines } from "../../../parts/states.tsx";
import { Table } from "../../../parts/table.tsx";
import { ClientLink, ModelLink, ReleaseBadge } from "../model.tsx";
import { ModelsFrame } from "../models-frame.tsx";
import { RollbackDialog } from "./rollback-dialog.tsx";

/** What decided since when. */
export function ReleasesPart() {
  const everyMs = usePolling();
  const list = useList("/v1/releases", {}, { everyMs });
  const current = list.rows[0];
  const hasBefore = current !== undefined && current.previous !== null;
  const [isAsked, setAsked] = useState(false);
  return (
    <ModelsFrame
      tab="Releases"
      words="What decided since when. None is ever changed; a rollback is a release of its own."
      actions={
        <Button
          icon="undo"
          needs="operator"
          disabledBecause={hasBefore ? undefined : "There is no release before the one that decides."}
          onClick={() => setAsked(true)}
        >
          Roll back …
        </Button>
      }
    >
      <Panel flush>
        <Loaded of={list} skeleton={<SkeletonLines lines={6} />}>
          {() => (
            <Table
              caption="Releases, newest first"
              rows={list.rows}
              keyOf={({ id }) => id}
              empty={<Empty icon="models" title="Nothing was released yet" />}
              columns={[
                { head: "Number", width: "84px", cell: ({ number }) => <span className="number">{number}</span> },
                {
                  head: "How",
                  cell: ({ kind, id }) => (
                    <span className="row row-wrap">
                      <ReleaseBadge kind={kind} />
                      {id === current?.id ? (
                        <Badge tone="good" dot>
                          Decides
                        </Badge>
                      ) : null}
                    </span>
                  ),
                },
                { head: "Model", cell: ({ model }) => <ModelLink version={model} /> },
                {
                  head: "Client model",
                  from: "tablet",
                  cell: ({ client_model }) => <ClientLink version={client_model} />,
                },
                { head: "Calibration", from: "tablet", cell: ({ calibration }) => <code>{calibration}</code> },
                { head: "Why", from: "laptop", cell: ({ reason, by }) => <span title={`by ${by}`}>{reason}</span> },
                { head: "Since", align: "end", cell: ({ at }) => <Time at={at} /> },
              ]}
            />
          )}
        </Loaded>
        <Pager shown={list.rows.length} of="releases" list={list} />
      </Panel>
      {current === undefined ? null : (
        <RollbackDialog open={isAsked} onClose={() => setAsked(false)} current={current} />
      )}
    </ModelsFrame>
  );
}
