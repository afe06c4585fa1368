import { useState } from "react";
import { Link } from "wouter";
import { usePolling } from "../../../api/live.tsx";
import { useList } from "../../../api/queries.ts";
import { Button } from "../../../parts/button.tsx";
import { Ago } from "../../../parts/figures.tsx";
import { Pager } from "../../../parts/pager.tsx";
import { Panel } from "../../../parts/panel.tsx";
import { Empty, Loaded, SkeletonLines } from "../../../parts/states.tsx";
import { Table } from "../../../parts/table.tsx";
import { NOTHING, spanWords } from "../../../parts/words.ts";
import { ModelLink } from "../model.tsx";
import { ModelsFrame } from "../models-frame.tsx";
import { RunBadge, triggerWords, type Run } from "./run.tsx";
import { StartRun } from "./start-run.tsx";

/** What was learned, when, and what came of it. */
export function RunList() {
  const everyMs = usePolling();
  const list = useList("/v1/training-runs", {}, { everyMs });
  const [isStarting, setStarting] = useState(false);
  return (
    <ModelsFrame
      tab="Training"
      words="Each week a challenger is trained on this shop’s events and released when it is no worse than what decides."
      actions={
        <Button icon="play" look="primary" needs="operator" onClick={() => setStarting(true)}>
          Start a run
        </Button>
      }
    >
      <Panel flush>
        <Loaded of={list} skeleton={<SkeletonLines lines={5} />}>
          {() => (
            <Table
              caption="Training runs, newest first"
              rows={list.rows}
              keyOf={({ id }) => id}
              empty={
                <Empty icon="models" title="Nothing was trained so far">
                  <p>
                    A run begins each week by itself. A dry run tells now what it would change, and changes nothing.
                  </p>
                </Empty>
              }
              columns={[
                {
                  head: "Run",
                  cell: (run) => (
                    <Link href={`/models/training/${run.id}`}>
                      <Ago at={run.created_at} />
                    </Link>
                  ),
                },
                { head: "Status", cell: (run) => <RunBadge run={run} /> },
                { head: "Begun", from: "tablet", cell: triggerWords },
                { head: "Days", align: "end", from: "laptop", cell: ({ window_days }) => window_days },
                { head: "Took", align: "end", from: "laptop", cell: tookWords },
                {
                  head: "Made",
                  align: "end",
                  from: "tablet",
                  cell: ({ candidate }) => (candidate === null ? NOTHING : <ModelLink version={candidate.model} />),
                },
              ]}
            />
          )}
        </Loaded>
        <Pager shown={list.rows.length} of="runs" list={list} />
      </Panel>
      {isStarting ? <StartRun onClose={() => setStarting(false)} /> : null}
    </ModelsFrame>
  );
}

export function tookWords({ started_at, finished_at }: Run): string {
  if (started_at === null || finished_at === null) return NOTHING;
  return spanWords(Date.parse(finished_at) - Date.parse(started_at));
}
