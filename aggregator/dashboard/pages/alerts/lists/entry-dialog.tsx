import { useId, useState } from "react";
import { fieldError } from "../../../api/problem.ts";
import { useChange } from "../../../api/queries.ts";
import { Button } from "../../../parts/button.tsx";
import { Dialog } from "../../../parts/dialog.tsx";
import { SelectField, TextField } from "../../../parts/field.tsx";
import { Form, FormRow } from "../../../parts/form.tsx";
import { instantOf, localOf } from "../../../parts/local-time.ts";
import { Segments } from "../../../parts/segments.tsx";
import { toast } from "../../../parts/toast.tsx";
import { KIND_NAMES, KINDS, type ListKind } from "./kinds.ts";

interface EntryDialogProps {
  open: boolean;
  first: "block" | "allow";
  onClose(): void;
}

const DAY_MS = 86_400_000;
const ENDS = [
  { words: "Never", days: null },
  { words: "1 day", days: 1 },
  { words: "7 days", days: 7 },
  { words: "30 days", days: 30 },
];

/** Puts something on a list. */
export function EntryDialog({ open, first, onClose }: EntryDialogProps) {
  const [list, setList] = useState<"block" | "allow">();
  const [kind, setKind] = useState<ListKind>("ip");
  const [value, setValue] = useState("");
  const [note, setNote] = useState("");
  const [until, setUntil] = useState("");
  const formId = useId();
  const add = useChange("post", "/v1/lists", ["/v1/lists"]);
  const on = list ?? first;
  const close = () => {
    add.reset();
    onClose();
  };
  const run = () =>
    add.mutate(
      { body: { list: on, kind, value, note: note === "" ? null : note, expires_at: instantOf(until) } },
      {
        onSuccess() {
          toast(on === "block" ? "Blocked within a minute." : "Let pass within a minute.");
          setValue("");
          setNote("");
          close();
        },
      },
    );
  return (
    <Dialog
      open={open}
      onClose={close}
      title="Add an entry"
      actions={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" form={formId} look={on === "block" ? "danger" : "primary"} busy={add.isPending}>
            {on === "block" ? "Block it" : "Allow it"}
          </Button>
        </>
      }
    >
      <Form id={formId} onSubmit={run} error={add.error}>
        <Segments
          label="On which list"
          value={on}
          onChange={(next) => setList(next)}
          options={[
            { value: "block", label: "Block list" },
            { value: "allow", label: "Allow list" },
          ]}
        />
        <FormRow>
          <SelectField
            label="Kind"
            value={kind}
            onChange={(next) => setKind(next)}
            options={KIND_NAMES.map((one) => ({ value: one, label: KINDS[one].name }))}
            error={fieldError(add.error, "kind")}
          />
          <TextField
            label="Value"
            placeholder={KINDS[kind].example}
            words={KINDS[kind].words}
            spellCheck={false}
            autoComplete="off"
            value={value}
            onChange={(event) => setValue(event.currentTarget.value)}
            error={fieldError(add.error, "value")}
          />
        </FormRow>
        <TextField
          label="Note"
          placeholder="Why, for the others"
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          error={fieldError(add.error, "note")}
        />
        <TextField
          label="Ends (local time)"
          type="datetime-local"
          words="Left empty, it holds until it is taken off."
          value={until}
          onChange={(event) => setUntil(event.currentTarget.value)}
          error={fieldError(add.error, "expires_at")}
        />
        <div className="row row-wrap" role="group" aria-label="Ends after">
          {ENDS.map(({ words, days }) => (
            <Button
              key={words}
              small
              onClick={() => setUntil(days === null ? "" : localOf(new Date(Date.now() + days * DAY_MS).toISOString()))}
            >
              {words}
            </Button>
          ))}
        </div>
      </Form>
    </Dialog>
  );
}
