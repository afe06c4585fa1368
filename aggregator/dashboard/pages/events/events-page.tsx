import { Link, useParams } from "wouter";
import { usePolling } from "../../api/live.tsx";
import type { Input } from "../../api/client.ts";
import { useList } from "../../api/queries.ts";
import { Badge } from "../../parts/badge.tsx";
import { Download } from "../../parts/download.tsx";
import { Money, Score, Time } from "../../parts/figures.tsx";
import { Pager } from "../../parts/pager.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Empty, Loaded, SkeletonLines } from "../../parts/states.tsx";
import { Table } from "../../parts/table.tsx";
import { codeWords } from "../../parts/words.ts";
import { PageFrame } from "../../shell/page-frame.tsx";
import { useKeepSearch, useUrlState } from "../../shell/url-state.ts";
import { EventDetail } from "./event-detail.tsx";
import { ASKED, EventFilters } from "./event-filters.tsx";

/** Every scored event, by whatever it names. */
export function EventsPage() {
  const { id } = useParams<{ id?: string }>();
  return id === undefined ? <EventsList /> : <EventDetail id={id} />;
}

type Query = NonNullable<Input<"get", "/v1/events">["query"]>;

const PAGE = { limit: 50 };

function EventsList() {
  const [asked, set] = useUrlState(ASKED);
  const everyMs = usePolling();
  const query = { ...asked, ...PAGE } as unknown as Query; // of the route's own names, all text in a URL; what is wrong in a link is refused
  const list = useList("/v1/events", { query }, { everyMs });
  const keepSearch = useKeepSearch();
  return (
    <PageFrame title="Events" actions={<Download path="/v1/events" query={asked} name="events" />}>
      <EventFilters asked={asked} set={set} />
      <Panel flush>
        <Loaded of={list} skeleton={<SkeletonLines lines={14} />}>
          {() => (
            <Table
              caption="Events, newest first"
              rows={list.rows}
              keyOf={(event) => event.id}
              empty={
                <Empty icon="search" title="No event matches">
                  <p>Take a filter away, or look further back.</p>
                </Empty>
              }
              columns={[
                { head: "Time", width: "136px", cell: ({ timestamp }) => <Time at={timestamp} /> },
                {
                  head: "Event",
                  cell: ({ id, name, payment }) => (
                    <span className="row">
                      <Link href={keepSearch(`/events/${id}`)}>{codeWords(name)}</Link>
                      {payment?.outcome === "declined" ? <Badge tone="warn">declined</Badge> : null}
                    </span>
                  ),
                },
                {
                  head: "Score",
                  cell: ({ assessment: { score, threshold } }) => <Score score={score} threshold={threshold} />,
                },
                {
                  head: "Value",
                  align: "end",
                  cell: ({ value, currency }) => <Money value={value} currency={currency} />,
                },
                { head: "Country", from: "tablet", cell: ({ signals }) => signals.country ?? "" },
                {
                  head: "Customer",
                  from: "tablet",
                  cell: ({ user_id }) => <span className="mono">{user_id ?? ""}</span>,
                },
                {
                  head: "Device",
                  from: "laptop",
                  cell: ({ signals }) => [signals.browser, signals.os].filter(Boolean).join(", "),
                },
                {
                  head: "Order",
                  from: "laptop",
                  cell: ({ transaction_id }) => <span className="mono">{transaction_id ?? ""}</span>,
                },
              ]}
            />
          )}
        </Loaded>
        <Pager shown={list.rows.length} of="events" list={list} />
      </Panel>
    </PageFrame>
  );
}
