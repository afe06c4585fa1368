import { useId, useState } from "react";
import type { RowOf } from "../../../api/client.ts";
import { fieldError } from "../../../api/problem.ts";
import { useChange } from "../../../api/queries.ts";
import type { Tone } from "../../../parts/badge.tsx";
import { Button } from "../../../parts/button.tsx";
import { Dialog } from "../../../parts/dialog.tsx";
import { TextField } from "../../../parts/field.tsx";
import { Form, FormRow } from "../../../parts/form.tsx";
import { Segments } from "../../../parts/segments.tsx";
import { toast } from "../../../parts/toast.tsx";

type DayKind = RowOf<"/v1/calendar-days">["kind"];

export const DAY_KINDS: Record<DayKind, { name: string; words: string; tone: Tone }> = {
  busy: { name: "Busy", words: "What is above the usual is not told; what is below it is.", tone: "accent" },
  quiet: { name: "Quiet", words: "What is below the usual is not told; what is above it is.", tone: "neutral" },
  ignore: { name: "Ignored", words: "Nothing is told.", tone: "warn" },
};
const KIND_NAMES = Object.keys(DAY_KINDS) as DayKind[]; // of the record above

/** Marks days. */
export function DaysDialog({ onClose }: { onClose(): void }) {
  const [kind, setKind] = useState<DayKind>("busy");
  const [name, setName] = useState("");
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const [factor, setFactor] = useState("");
  const formId = useId();
  const mark = useChange("post", "/v1/calendar-days", ["/v1/calendar-days", "/v1/expected"]);
  const times = factor === "" || kind === "ignore" ? null : Number(factor.replace(",", "."));
  const run = () =>
    mark.mutate(
      { body: { kind, name, from, ...(to === "" ? {} : { to }), factor: times } },
      {
        onSuccess() {
          toast(`“${name}” is marked.`);
          onClose();
        },
      },
    );
  return (
    <Dialog
      open
      onClose={onClose}
      title="Mark days"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} look="primary" busy={mark.isPending}>
            Mark them
          </Button>
        </>
      }
    >
      <Form id={formId} onSubmit={run} error={mark.error}>
        <Segments
          label="Kind"
          value={kind}
          onChange={(next) => setKind(next)}
          options={KIND_NAMES.map((value) => ({ value, label: DAY_KINDS[value].name }))}
        />
        <p className="small soft">{DAY_KINDS[kind].words}</p>
        <TextField
          label="Name"
          placeholder="Black Friday"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={fieldError(mark.error, "name")}
        />
        <FormRow>
          <TextField
            label="First day (UTC)"
            type="date"
            value={from}
            onChange={(event) => setFrom(event.currentTarget.value)}
            error={fieldError(mark.error, "from")}
          />
          <TextField
            label="Last day"
            type="date"
            words="Empty: the same day."
            value={to}
            onChange={(event) => setTo(event.currentTarget.value)}
            error={fieldError(mark.error, "to")}
          />
        </FormRow>
        {kind === "ignore" ? null : (
          <TextField
            label="Times the usual, if that is known"
            inputMode="decimal"
            placeholder="2.5"
            words="Then the days are watched against that."
            value={factor}
            onChange={(event) => setFactor(event.currentTarget.value)}
            error={fieldError(mark.error, "factor")}
          />
        )}
      </Form>
    </Dialog>
  );
}
