import { useState } from "react";
import { Link, useLocation, useParams } from "wouter";
import { usePolling } from "../../api/live.tsx";
import { useList } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Download } from "../../parts/download.tsx";
import { Ago } from "../../parts/figures.tsx";
import { Pager } from "../../parts/pager.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Segments } from "../../parts/segments.tsx";
import { Empty, Loaded, SkeletonLines } from "../../parts/states.tsx";
import { Table } from "../../parts/table.tsx";
import { bytesWords, numberWords } from "../../parts/words.ts";
import { useKeepSearch, useUrlState } from "../../shell/url-state.ts";
import { FailedDetail } from "./failed-detail.tsx";
import { FailedFrame } from "./failed-frame.tsx";
import { FailureBadge, KIND_WORDS } from "./failure.tsx";
import { ReplayAll } from "./replay-all.tsx";

const SHOWN = [
  { value: "false", label: "Not stored" },
  { value: "true", label: "Stored since" },
  { value: "all", label: "All" },
] as const;

/** What could not be stored, with the reason, and storing it after all. */
export function FailedPage() {
  const { id: openId } = useParams<{ id?: string }>();
  const [{ resolved: asked }, set] = useUrlState({ resolved: "false" });
  const resolved = SHOWN.find(({ value }) => value === asked)?.value ?? "false";
  const [, navigate] = useLocation();
  const keepSearch = useKeepSearch();
  const everyMs = usePolling();
  const query = { resolved: resolved === "all" ? null : resolved };
  const list = useList("/v1/failed-events", { query }, { everyMs, keep: true });
  const [isReplaying, setReplaying] = useState(false);
  const open = list.rows.filter(({ resolved_at }) => resolved_at === null).length;
  return (
    <FailedFrame
      title="Failed events"
      words="Nothing is dropped: what could not be stored stands here with the reason, and can be stored after all."
      actions={
        <>
          <Download path="/v1/failed-events" query={query} name="failed-events" />
          <Button
            look="primary"
            icon="refresh"
            needs="operator"
            disabledBecause={open === 0 ? "Nothing waits to be stored." : undefined}
            onClick={() => setReplaying(true)}
          >
            Replay all …
          </Button>
        </>
      }
    >
      <div className="failed-filters">
        <Segments label="Which" value={resolved} onChange={(next) => set({ resolved: next })} options={SHOWN} />
      </div>
      <Panel flush>
        <Loaded of={list} skeleton={<SkeletonLines lines={8} />}>
          {() => (
            <Table
              caption="Failed events, newest first"
              rows={list.rows}
              keyOf={({ id }) => id}
              selected={openId}
              empty={<NoneFailed resolved={resolved} />}
              columns={[
                {
                  head: "Reason",
                  cell: ({ id, reason, kind }) => (
                    <div className="failed-line">
                      <Link href={keepSearch(`/failed-events/${id}`)}>{reason}</Link>
                      <span className="small soft">{KIND_WORDS[kind]}</span>
                    </div>
                  ),
                },
                {
                  head: "Event",
                  from: "laptop",
                  cell: ({ event_id, events }) =>
                    event_id === null ? (
                      `${numberWords(events)} ${events === 1 ? "event" : "events"}, unreadable`
                    ) : (
                      <code className="failed-id">{event_id}</code>
                    ),
                },
                { head: "Size", align: "end", from: "tablet", cell: ({ bytes }) => bytesWords(bytes) },
                { head: "Received", align: "end", cell: ({ received_at }) => <Ago at={received_at} /> },
                { head: "State", cell: (failure) => <FailureBadge failure={failure} /> },
              ]}
            />
          )}
        </Loaded>
        <Pager shown={list.rows.length} of="failed events" list={list} />
      </Panel>
      <FailedDetail
        failure={list.rows.find(({ id }) => id === openId)}
        isOpen={openId !== undefined}
        isRead={list.data !== undefined}
        onClose={() => navigate(keepSearch("/failed-events"))}
      />
      <ReplayAll open={isReplaying} onClose={() => setReplaying(false)} />
    </FailedFrame>
  );
}

function NoneFailed({ resolved }: { resolved: string }) {
  if (resolved === "true") {
    return (
      <Empty icon="filter" title="None was stored after all">
        <p>What is replayed with success shows here.</p>
      </Empty>
    );
  }
  return (
    <Empty icon="check" title="Everything was stored">
      <p>
        No event failed. <Link href="/accounting">Accounting</Link> shows what became of every one.
      </p>
    </Empty>
  );
}
