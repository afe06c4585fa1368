import { useState } from "react";
import type { RowOf } from "../../../api/client.ts";
import { useChange, useList } from "../../../api/queries.ts";
import { Badge } from "../../../parts/badge.tsx";
import { Button, IconButton } from "../../../parts/button.tsx";
import { Confirm } from "../../../parts/confirm.tsx";
import { SelectField } from "../../../parts/field.tsx";
import { Ago, Time } from "../../../parts/figures.tsx";
import { Pager } from "../../../parts/pager.tsx";
import { Panel } from "../../../parts/panel.tsx";
import { Segments } from "../../../parts/segments.tsx";
import { Empty, Loaded, SkeletonLines } from "../../../parts/states.tsx";
import { Table } from "../../../parts/table.tsx";
import { toast } from "../../../parts/toast.tsx";
import { codeWords } from "../../../parts/words.ts";
import { useUrlState } from "../../../shell/url-state.ts";
import { AlertsFrame } from "../alerts-frame.tsx";
import { EntryDialog } from "./entry-dialog.tsx";
import { KIND_NAMES, KINDS } from "./kinds.ts";
import "../alert-list.css";

type Entry = RowOf<"/v1/lists">;

const LISTS = [
  { value: "", label: "Both" },
  { value: "block", label: "Block" },
  { value: "allow", label: "Allow" },
] as const;
const STATUSES = [
  { value: "active", label: "In force" },
  { value: "expired", label: "Expired" },
  { value: "removed", label: "Removed" },
] as const;

/** Who is always let pass, and who is always an anomaly. */
export function ListsPart() {
  const [{ list: askedList, kind: askedKind, status: askedStatus }, set] = useUrlState({
    list: "",
    kind: "",
    status: "active",
  });
  const name = LISTS.find(({ value }) => value === askedList)?.value ?? "";
  const kind = KIND_NAMES.find((one) => one === askedKind) ?? "";
  const status = STATUSES.find(({ value }) => value === askedStatus)?.value ?? "active";
  const query = { list: name === "" ? null : name, kind: kind === "" ? null : kind, status };
  const list = useList("/v1/lists", { query }, { keep: true });
  const [isAdding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Entry>();
  return (
    <AlertsFrame
      tab="Lists"
      words="What is on the block list is an anomaly, what is on the allow list is none. The edge follows within a minute."
      actions={
        <Button icon="plus" look="primary" needs="operator" onClick={() => setAdding(true)}>
          Add an entry
        </Button>
      }
    >
      <div className="alert-filters">
        <Segments label="List" value={name} onChange={(next) => set({ list: next })} options={LISTS} />
        <SelectField
          label="Kind"
          labelUnseen
          value={kind}
          onChange={(next) => set({ kind: next })}
          options={[
            { value: "", label: "Any kind" },
            ...KIND_NAMES.map((one) => ({ value: one, label: KINDS[one].name })),
          ]}
        />
        <Segments label="Status" value={status} onChange={(next) => set({ status: next })} options={STATUSES} />
      </div>
      <Panel flush>
        <Loaded of={list} skeleton={<SkeletonLines lines={6} />}>
          {() => (
            <Table
              caption="Entries of the lists, newest first"
              rows={list.rows}
              keyOf={({ id }) => id}
              empty={
                <Empty icon="filter" title={status === "active" ? "Nothing is listed like that" : "There is none"}>
                  <p>
                    Block a card or a network that testing comes through, or allow a customer who buys in bulk. An entry
                    may end by itself.
                  </p>
                </Empty>
              }
              columns={[
                {
                  head: "Entry",
                  cell: ({ kind: is, value, note }) => (
                    <div className="alert-line">
                      <code className="alert-group">{value}</code>
                      <span className="small soft">
                        {KINDS[is].name}
                        {note === null || note === "" ? "" : ` · ${note}`}
                      </span>
                    </div>
                  ),
                },
                {
                  head: "List",
                  cell: ({ list: on }) => <Badge tone={on === "block" ? "bad" : "good"}>{codeWords(on)}</Badge>,
                },
                {
                  head: "Until",
                  from: "tablet",
                  cell: ({ expires_at, removed_at }) =>
                    removed_at !== null ? (
                      <>
                        removed <Ago at={removed_at} />
                      </>
                    ) : expires_at === null ? (
                      "removed"
                    ) : (
                      <Time at={expires_at} />
                    ),
                },
                { head: "Added", from: "laptop", align: "end", cell: ({ created_at }) => <Ago at={created_at} /> },
                {
                  head: "Remove",
                  headUnseen: true,
                  align: "end",
                  cell: (entry) =>
                    entry.status === "removed" ? null : (
                      <IconButton
                        small
                        icon="trash"
                        label={`Remove ${entry.value}`}
                        needs="operator"
                        onClick={() => setRemoving(entry)}
                      />
                    ),
                },
              ]}
            />
          )}
        </Loaded>
        <Pager shown={list.rows.length} of="entries" list={list} />
      </Panel>
      <EntryDialog open={isAdding} first={name === "" ? "block" : name} onClose={() => setAdding(false)} />
      <RemoveEntry entry={removing} onClose={() => setRemoving(undefined)} />
    </AlertsFrame>
  );
}

function RemoveEntry({ entry, onClose }: { entry: Entry | undefined; onClose(): void }) {
  const remove = useChange("delete", "/v1/lists/{id}", ["/v1/lists"]);
  return (
    <Confirm
      open={entry !== undefined}
      onClose={() => {
        remove.reset();
        onClose();
      }}
      title="Take it off the list"
      words={
        <p>
          <code>{entry?.value}</code> is scored like anybody else within a minute. It stays on record and can be added
          again.
        </p>
      }
      action="Take it off"
      change={remove}
      onConfirm={() =>
        remove.mutate(
          { params: { id: entry?.id ?? "" } },
          {
            onSuccess() {
              toast("It is off the list.");
              onClose();
            },
          },
        )
      }
    />
  );
}
