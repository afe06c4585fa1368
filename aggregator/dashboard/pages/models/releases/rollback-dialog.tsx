import { useState } from "react";
import { fieldError } from "../../../api/problem.ts";
import { useChange, useGet } from "../../../api/queries.ts";
import { Confirm } from "../../../parts/confirm.tsx";
import { TextField } from "../../../parts/field.tsx";
import { toast } from "../../../parts/toast.tsx";
import { spanWords } from "../../../parts/words.ts";
import type { Release } from "../model.tsx";

interface RollbackDialogProps {
  open: boolean;
  onClose(): void;
  /** What decides now. */
  current: Release;
}

/** Goes back to what decided before. */
export function RollbackDialog({ open, onClose, current }: RollbackDialogProps) {
  const [reason, setReason] = useState("");
  const releases = useGet("/v1/releases", { query: { limit: 100 } }, { enabled: open });
  const rollback = useChange("post", "/v1/models/rollback", ["/v1/models", "/v1/releases", "/v1/calibrations"]);
  const to = releases.data?.data.find(({ number }) => number === current.previous);
  const close = () => {
    rollback.reset();
    onClose();
  };
  return (
    <Confirm
      open={open}
      onClose={close}
      title="Roll back"
      words={
        <>
          <p>
            {to === undefined ? (
              "What decided before decides again"
            ) : (
              <>
                <code>{to.model}</code>
                {to.client_model === null ? "" : " with "}
                {to.client_model === null ? null : <code>{to.client_model}</code>} and calibration{" "}
                <code>{to.calibration}</code> decide again, as in release {to.number}
              </>
            )}
            , everywhere within two minutes. Scores are then exactly as they were. Everybody who gets releases is told.
          </p>
          <p>
            To undo it, promote <code>{current.model}</code> again. Rolling back once more goes further back.
          </p>
        </>
      }
      action="Roll back"
      look="danger"
      change={rollback}
      onConfirm={() =>
        rollback.mutate(
          { body: reason === "" ? {} : { reason } },
          {
            onSuccess({ model, live_within_seconds }) {
              toast(`${model} decides again, everywhere within ${spanWords(live_within_seconds * 1000)}.`);
              close();
            },
          },
        )
      }
    >
      <TextField
        label="Reason"
        placeholder="Too many alerts since noon"
        words="On record with the release and in its alert."
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        error={fieldError(rollback.error, "reason")}
      />
    </Confirm>
  );
}
