import { useState } from "react";
import { fieldError } from "../../../api/problem.ts";
import { useChange, useGet } from "../../../api/queries.ts";
import { Confirm } from "../../../parts/confirm.tsx";
import { SelectField, TextField } from "../../../parts/field.tsx";
import { toast } from "../../../parts/toast.tsx";
import { spanWords } from "../../../parts/words.ts";
import type { WholeModel } from "./version-page.tsx";

interface DialogProps {
  model: WholeModel;
  onClose(): void;
}

const STALE = ["/v1/models", "/v1/releases", "/v1/calibrations"];

/** Lets a model decide. */
export function PromoteDialog({ model, onClose }: DialogProps) {
  const [calibration, setCalibration] = useState("");
  const [reason, setReason] = useState("");
  const promote = useChange("post", "/v1/models/{version}/promote", STALE);
  const releases = useGet("/v1/releases", { query: { limit: 1 } });
  const now = releases.data?.data[0];
  return (
    <Confirm
      open
      onClose={onClose}
      title={`Promote ${model.version}`}
      words={
        <>
          <p>
            Its files are verified first, as the edge does. Then it decides
            {now === undefined ? "" : " in place of "}
            {now === undefined ? null : <code>{now.model}</code>}, everywhere within two minutes, for events that come
            from then on. What was scored before stays as it is. Everybody who gets releases is told.
          </p>
          <p>A rollback brings back the very scores of before, within two minutes too.</p>
        </>
      }
      action="Promote it"
      change={promote}
      onConfirm={() =>
        promote.mutate(
          {
            params: { version: model.version },
            body: { calibration: calibration === "" ? null : calibration, ...(reason === "" ? {} : { reason }) },
          },
          {
            onSuccess({ live_within_seconds }) {
              toast(`${model.version} decides, everywhere within ${spanWords(live_within_seconds * 1000)}.`);
              onClose();
            },
          },
        )
      }
    >
      <CalibrationChoice
        model={model}
        value={calibration}
        onChange={setCalibration}
        error={fieldError(promote.error, "calibration")}
      />
      <TextField
        label="Reason"
        placeholder="Finds the resellers of last week"
        words="On record with the release and in its alert."
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        error={fieldError(promote.error, "reason")}
      />
    </Confirm>
  );
}

/** Lets a model score beside. */
export function ShadowDialog({ model, onClose }: DialogProps) {
  const [calibration, setCalibration] = useState("");
  const start = useChange("post", "/v1/models/{version}/shadow", STALE);
  return (
    <Confirm
      open
      onClose={onClose}
      title={`Let ${model.version} score in shadow`}
      words={
        <p>
          It scores every event beside the one that decides, and decides nothing. Its scores stand with each event; any
          other shadow ends. It costs some milliseconds an event, and can be ended at any time.
        </p>
      }
      action="Let it score beside"
      change={start}
      onConfirm={() =>
        start.mutate(
          { params: { version: model.version }, body: { calibration: calibration === "" ? null : calibration } },
          {
            onSuccess() {
              toast(`${model.version} scores in shadow.`);
              onClose();
            },
          },
        )
      }
    >
      <CalibrationChoice
        model={model}
        value={calibration}
        onChange={setCalibration}
        error={fieldError(start.error, "calibration")}
      />
    </Confirm>
  );
}

interface CalibrationChoiceProps {
  model: WholeModel;
  value: string;
  onChange(version: string): void;
  error: string | undefined;
}

function CalibrationChoice({ model: { calibrations }, value, onChange, error }: CalibrationChoiceProps) {
  return (
    <SelectField
      label="Calibration"
      value={value}
      onChange={onChange}
      words="It also says which client model goes with it."
      options={[
        { value: "", label: "The newest that fits" },
        ...calibrations.map(({ version, client_model }) => ({
          value: version,
          label: client_model === null ? version : `${version}, with ${client_model}`,
        })),
      ]}
      error={error}
    />
  );
}
