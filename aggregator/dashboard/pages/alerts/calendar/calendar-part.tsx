import { useState } from "react";
import type { RowOf } from "../../../api/client.ts";
import { useChange, useList } from "../../../api/queries.ts";
import { Badge } from "../../../parts/badge.tsx";
import { Button, IconButton } from "../../../parts/button.tsx";
import { Confirm } from "../../../parts/confirm.tsx";
import { Pager } from "../../../parts/pager.tsx";
import { Panel } from "../../../parts/panel.tsx";
import { Empty, Loaded, SkeletonLines } from "../../../parts/states.tsx";
import { Table } from "../../../parts/table.tsx";
import { toast } from "../../../parts/toast.tsx";
import { NOTHING, numberWords, timeWords } from "../../../parts/words.ts";
import { AlertsFrame } from "../alerts-frame.tsx";
import { DAY_KINDS, DaysDialog } from "./days-dialog.tsx";

type Days = RowOf<"/v1/calendar-days">;

/** Days that are known to be unlike others. */
export function CalendarPart() {
  const list = useList("/v1/calendar-days", {});
  const [isAdding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Days>();
  return (
    <AlertsFrame
      tab="Calendar"
      words="On days that are known to be unlike others, what was to be expected makes no incident. None of them is learned from."
      actions={
        <Button icon="plus" look="primary" needs="operator" onClick={() => setAdding(true)}>
          Mark days
        </Button>
      }
    >
      <Panel flush>
        <Loaded of={list} skeleton={<SkeletonLines lines={4} />}>
          {() => (
            <Table
              caption="Marked days, newest mark first"
              rows={list.rows}
              keyOf={({ id }) => id}
              empty={
                <Empty icon="clock" title="No day is marked">
                  <p>Mark a sale, a holiday or a day of maintenance before it comes, and it wakes nobody.</p>
                </Empty>
              }
              columns={[
                { head: "Name", cell: ({ name }) => <b>{name}</b> },
                { head: "Days (UTC)", cell: daysWords },
                { head: "Kind", cell: ({ kind }) => <Badge tone={DAY_KINDS[kind].tone}>{DAY_KINDS[kind].name}</Badge> },
                {
                  head: "Expected",
                  align: "end",
                  from: "tablet",
                  cell: ({ factor }) => (factor === null ? NOTHING : `×${numberWords(factor)} the usual`),
                },
                {
                  head: "Remove",
                  headUnseen: true,
                  align: "end",
                  cell: (days) => (
                    <IconButton
                      small
                      icon="trash"
                      label={`Remove ${days.name}`}
                      needs="operator"
                      onClick={() => setRemoving(days)}
                    />
                  ),
                },
              ]}
            />
          )}
        </Loaded>
        <Pager shown={list.rows.length} of="marks" list={list} />
      </Panel>
      {isAdding ? <DaysDialog onClose={() => setAdding(false)} /> : null}
      <RemoveDays days={removing} onClose={() => setRemoving(undefined)} />
    </AlertsFrame>
  );
}

function daysWords({ from, to }: Days): string {
  const day = (date: string) => timeWords(Date.parse(date), "day", "UTC");
  return from === to ? day(from) : `${day(from)} – ${day(to)}`;
}

function RemoveDays({ days, onClose }: { days: Days | undefined; onClose(): void }) {
  const remove = useChange("delete", "/v1/calendar-days/{id}", ["/v1/calendar-days", "/v1/expected"]);
  return (
    <Confirm
      open={days !== undefined}
      onClose={() => {
        remove.reset();
        onClose();
      }}
      title={`Take “${days?.name ?? ""}” away`}
      words={<p>From now on its days are watched and learned from like any other. It can be marked again.</p>}
      action="Take it away"
      change={remove}
      onConfirm={() =>
        remove.mutate(
          { params: { id: days?.id ?? "" } },
          {
            onSuccess() {
              toast("The mark was taken away.");
              onClose();
            },
          },
        )
      }
    />
  );
}
