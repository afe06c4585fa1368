import { useState } from "react";
import { fieldError } from "../../api/problem.ts";
import { useChange } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { AreaField } from "../../parts/field.tsx";
import { Ago } from "../../parts/figures.tsx";
import { Form } from "../../parts/form.tsx";
import type { WholeAlert } from "./alert-detail.tsx";

/** What people say of an alert. Notes are added, never changed. */
export function AlertNotes({ id, notes }: { id: string; notes: WholeAlert["notes"] }) {
  const [text, setText] = useState("");
  const add = useChange("post", "/v1/alerts/{id}/notes", ["/v1/alerts"]);
  return (
    <section>
      <h3>Notes</h3>
      <ul>
        {notes.map(({ note, by, created_at }) => (
          <li key={`${created_at} ${note}`} className="alert-note">
            {note}
            <p className="small soft">
              <Ago at={created_at} /> by <code>{by}</code>
            </p>
          </li>
        ))}
      </ul>
      <Form
        onSubmit={() => add.mutate({ params: { id }, body: { note: text } }, { onSuccess: () => setText("") })}
        error={add.error}
      >
        <AreaField
          label="A note for the others"
          labelUnseen
          placeholder="What was found out, what was done"
          rows={2}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          error={fieldError(add.error, "note")}
        />
        <div className="row">
          <Button
            type="submit"
            small
            needs="operator"
            busy={add.isPending}
            disabledBecause={text.trim() === "" ? "Write something first." : undefined}
          >
            Add the note
          </Button>
        </div>
      </Form>
    </section>
  );
}
