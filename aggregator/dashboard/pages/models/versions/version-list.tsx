import { Link } from "wouter";
import { usePolling } from "../../../api/live.tsx";
import { useList } from "../../../api/queries.ts";
import { SelectField } from "../../../parts/field.tsx";
import { Ago } from "../../../parts/figures.tsx";
import { Pager } from "../../../parts/pager.tsx";
import { Panel } from "../../../parts/panel.tsx";
import { Segments } from "../../../parts/segments.tsx";
import { Empty, Loaded, SkeletonLines } from "../../../parts/states.tsx";
import { Table } from "../../../parts/table.tsx";
import { bytesWords, numberWords } from "../../../parts/words.ts";
import { useUrlState } from "../../../shell/url-state.ts";
import { KINDS, ModelBadge, ModelLink } from "../model.tsx";
import { ModelsFrame } from "../models-frame.tsx";
import "./versions.css";

const STATUSES = [
  { value: "", label: "All" },
  { value: "active", label: "Decides" },
  { value: "shadow", label: "Shadow" },
  { value: "candidate", label: "Candidates" },
  { value: "retired", label: "Retired" },
] as const;
const KIND_CHOICES = [
  { value: "", label: "Any kind" },
  { value: "isolation-forest", label: KINDS["isolation-forest"].name },
  { value: "client-blend", label: KINDS["client-blend"].name },
] as const;

/** Every model there is. */
export function VersionList() {
  const [{ status: askedStatus, kind: askedKind }, set] = useUrlState({ status: "", kind: "" });
  const status = STATUSES.find(({ value }) => value === askedStatus)?.value ?? "";
  const kind = KIND_CHOICES.find(({ value }) => value === askedKind)?.value ?? "";
  const everyMs = usePolling();
  const query = { status: status === "" ? null : status, kind: kind === "" ? null : kind };
  const list = useList("/v1/models", { query }, { everyMs, keep: true });
  return (
    <ModelsFrame tab="Versions" words="Every model there is. One that is promoted decides within two minutes.">
      <div className="versions-filters">
        <Segments label="Status" value={status} onChange={(next) => set({ status: next })} options={STATUSES} />
        <SelectField
          label="Kind"
          labelUnseen
          value={kind}
          onChange={(next) => set({ kind: next })}
          options={KIND_CHOICES}
        />
      </div>
      <Panel flush>
        <Loaded of={list} skeleton={<SkeletonLines lines={5} />}>
          {() => (
            <Table
              caption="Models, newest first"
              rows={list.rows}
              keyOf={({ version }) => version}
              empty={
                <Empty icon="models" title="No model is like that">
                  <p>A training run makes candidates of this shop’s own events.</p>
                  <Link href="/models/training">To training</Link>
                </Empty>
              }
              columns={[
                { head: "Version", cell: ({ version }) => <ModelLink version={version} /> },
                { head: "Status", cell: ({ status: is }) => <ModelBadge status={is} /> },
                { head: "Kind", from: "tablet", cell: ({ kind: is }) => KINDS[is].name },
                {
                  head: "Trained on",
                  align: "end",
                  from: "laptop",
                  cell: ({ card }) => `${numberWords(card.trained_on.rows)} events`,
                },
                { head: "Size", align: "end", from: "laptop", cell: ({ bytes }) => bytesWords(bytes) },
                { head: "Made", align: "end", cell: ({ created_at }) => <Ago at={created_at} /> },
              ]}
            />
          )}
        </Loaded>
        <Pager shown={list.rows.length} of="models" list={list} />
      </Panel>
    </ModelsFrame>
  );
}
