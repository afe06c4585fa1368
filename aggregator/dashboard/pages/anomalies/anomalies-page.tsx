import { useState } from "react";
import { useLocation, useParams } from "wouter";
import { useMay } from "../../api/me.ts";
import { Button, classes } from "../../parts/button.tsx";
import { Download } from "../../parts/download.tsx";
import "../../parts/panel.css";
import { Pager } from "../../parts/pager.tsx";
import { Empty, Loaded, SkeletonLines } from "../../parts/states.tsx";
import { toast } from "../../parts/toast.tsx";
import { PageFrame } from "../../shell/page-frame.tsx";
import { useShortcuts } from "../../shell/shortcuts.ts";
import { useKeepSearch, useUrlState } from "../../shell/url-state.ts";
import { AnomalyDetail } from "./anomaly-detail.tsx";
import { BulkBar } from "./bulk-bar.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { Queue } from "./queue.tsx";
import { FILTERS, isFiltered, queryOf, type Filters } from "./queue-filters.ts";
import { useQueue } from "./use-queue.ts";
import { useVerdicts, type Label } from "./verdicts.ts";
import "./anomalies.css";

/** Anomalies, gone through one by one or several at once, by mouse, by touch or by keys alone. */
export function AnomaliesPage() {
  const { id: openId } = useParams<{ id?: string }>();
  const [, navigate] = useLocation();
  const keepSearch = useKeepSearch();
  const [filters, setFilters] = useUrlState(FILTERS);
  const [highlight, setHighlight] = useState<string>();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const { pending, give, undo: takeBack } = useVerdicts();
  const { may, reason } = useMay("operator");

  const isHeld = openId !== undefined || selected.size > 0 || highlight !== undefined;
  const { list, rows, newer, showNewer } = useQueue(filters, pending, isHeld);
  const cursor = openId ?? highlight;
  const at = rows.findIndex(({ id }) => id === cursor);

  const goTo = (id: string | undefined) =>
    navigate(keepSearch(id === undefined ? "/anomalies" : `/anomalies/${id}`), { replace: openId !== undefined });
  const moveTo = (id: string | undefined) => (openId === undefined ? setHighlight(id) : goTo(id));
  const step = (by: 1 | -1) => {
    const next = rows[at === -1 ? 0 : at + by];
    if (next !== undefined) moveTo(next.id);
  };
  const toggle = (id: string) =>
    setSelected((before) => new Set(before.has(id) ? [...before].filter((one) => one !== id) : [...before, id]));
  const undo = () => {
    const [first] = takeBack();
    if (first === undefined) toast("There is no verdict of yours to be undone.");
    else moveTo(first);
  };
  const judge = (label: Label, note?: string) => {
    const ids = selected.size > 0 ? [...selected] : cursor === undefined ? [] : [cursor];
    if (ids.length === 0) return;
    if (!may) return toast(reason ?? "", { tone: "bad" });
    give({ ids, label, note });
    const word = label === "confirmed" ? "Confirmed" : "Dismissed";
    toast(ids.length === 1 ? `${word}.` : `${word}: ${ids.length} anomalies.`, {
      action: { label: "Undo", hint: "u", run: undo },
    });
    setSelected(new Set());
    const next =
      rows.slice(Math.max(0, at)).find((row) => !ids.includes(row.id)) ?? rows.findLast((row) => !ids.includes(row.id));
    if (cursor !== undefined) moveTo(next?.id);
  };
  const leave = () => {
    if (selected.size > 0) setSelected(new Set());
    else if (openId === undefined) setHighlight(undefined);
    else {
      setHighlight(openId);
      navigate(keepSearch("/anomalies"));
    }
  };

  useShortcuts({
    j: () => step(1),
    k: () => step(-1),
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    Enter: () => openId === undefined && cursor !== undefined && goTo(cursor),
    c: () => judge("confirmed"),
    d: () => judge("dismissed"),
    u: undo,
    x: () => cursor !== undefined && toggle(cursor),
    Escape: leave,
  });

  return (
    <PageFrame
      title="Anomalies"
      words="Each verdict teaches: confirmed fraud counts within seconds against its customer, card, device and network."
      actions={<Download path="/v1/anomalies" query={queryOf(filters)} name="anomalies" />}
    >
      <div className={classes("triage-filters", openId !== undefined && "triage-filters-open")}>
        <FilterBar filters={filters} set={setFilters} rows={list.rows} />
      </div>
      <div className={classes("triage", openId !== undefined && "triage-open")}>
        <div className="triage-list">
          <div className="panel triage-queue">
            {selected.size > 0 ? (
              <BulkBar
                count={selected.size}
                of={rows.length}
                onJudge={judge}
                onAll={() => setSelected(new Set(rows.map(({ id }) => id)))}
                onNone={() => setSelected(new Set())}
              />
            ) : null}
            {newer > 0 ? (
              <Button look="quiet" icon="up" className="triage-newer" onClick={showNewer}>
                Show {newer} new
              </Button>
            ) : null}
            <Loaded of={list} skeleton={<SkeletonLines lines={8} height={88} />}>
              {() =>
                rows.length === 0 ? (
                  <NoAnomalies filters={filters} />
                ) : (
                  <Queue rows={rows} cursor={cursor} selected={selected} pending={pending} onToggle={toggle} />
                )
              }
            </Loaded>
            <Pager shown={rows.length} of="anomalies" list={list} />
          </div>
        </div>
        <div className="triage-detail">
          {openId === undefined ? (
            <NothingOpen />
          ) : (
            <AnomalyDetail
              key={openId}
              id={openId}
              place={at === -1 ? undefined : { at: at + 1, of: rows.length }}
              pending={pending}
              onJudge={judge}
              onStep={step}
              onBack={leave}
            />
          )}
        </div>
      </div>
    </PageFrame>
  );
}

function NothingOpen() {
  return (
    <div className="panel triage-nothing">
      <Empty icon="anomalies" title="No anomaly is open">
        <p>
          Choose one on the left, or go through them with <kbd className="key">j</kbd> <kbd className="key">k</kbd>{" "}
          <kbd className="key">Enter</kbd>, then <kbd className="key">c</kbd> to confirm or <kbd className="key">d</kbd>{" "}
          to dismiss.
        </p>
      </Empty>
    </div>
  );
}

function NoAnomalies({ filters }: { filters: Filters }) {
  if (isFiltered(filters))
    return (
      <Empty icon="filter" title="None matches these filters">
        <p>Clear them to see all.</p>
      </Empty>
    );
  if (filters.status === "open")
    return (
      <Empty icon="check" title="Nothing to be judged">
        <p>Every anomaly has a verdict. New ones show here as they are found.</p>
      </Empty>
    );
  return <Empty icon="anomalies" title="There are none" />;
}
