import { useId, useState } from "react";
import { useLocation } from "wouter";
import { fieldError } from "../../../api/problem.ts";
import { useChange } from "../../../api/queries.ts";
import { Button } from "../../../parts/button.tsx";
import { Dialog } from "../../../parts/dialog.tsx";
import { CheckField, TextField } from "../../../parts/field.tsx";
import { Form } from "../../../parts/form.tsx";

/** Begins a training run. A dry run unless said otherwise: it changes nothing. */
export function StartRun({ onClose }: { onClose(): void }) {
  const [isDry, setDry] = useState(true);
  const [days, setDays] = useState("28");
  const [reason, setReason] = useState("");
  const formId = useId();
  const [, navigate] = useLocation();
  const start = useChange("post", "/v1/training-runs", ["/v1/training-runs"]);
  const run = () =>
    start.mutate(
      { body: { dry_run: isDry, window_days: Number(days), ...(reason === "" ? {} : { reason }) } },
      { onSuccess: ({ id }) => navigate(`/models/training/${id}`) },
    );
  return (
    <Dialog
      open
      onClose={onClose}
      title="Start a training run"
      words={
        isDry
          ? "A challenger is trained and held against what decides. It tells what would change, and is thrown away."
          : "A challenger is trained and held against what decides. Where it is no worse it is released and decides within two minutes; a rollback undoes that."
      }
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} look="primary" icon="play" busy={start.isPending}>
            {isDry ? "Start the dry run" : "Start the run"}
          </Button>
        </>
      }
    >
      <Form id={formId} onSubmit={run} error={start.error}>
        <CheckField
          label="Dry run"
          words="Only tell what would change."
          checked={isDry}
          onChange={(event) => setDry(event.currentTarget.checked)}
        />
        <TextField
          label="Days to learn from"
          inputMode="numeric"
          words="Back from the last whole one."
          value={days}
          onChange={(event) => setDays(event.currentTarget.value)}
          error={fieldError(start.error, "window_days")}
        />
        <TextField
          label="Reason"
          placeholder="New product line since Monday"
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          error={fieldError(start.error, "reason")}
        />
      </Form>
    </Dialog>
  );
}
