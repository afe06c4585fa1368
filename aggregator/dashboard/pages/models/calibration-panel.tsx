import { useState } from "react";
import type { Answer } from "../../api/client.ts";
import { useGet } from "../../api/queries.ts";
import { Panel } from "../../parts/panel.tsx";
import { Segments } from "../../parts/segments.tsx";
import { Loaded } from "../../parts/states.tsx";
import { numberWords } from "../../parts/words.ts";
import { CalibrationCurve, CurveWait } from "./calibration-curve.tsx";

type Calibration = Answer<"get", "/v1/calibrations/{version}">;

/** How rare each score is, and from which on an event is an anomaly. */
export function CalibrationPanel({ version }: { version: string }) {
  const calibration = useGet("/v1/calibrations/{version}", { params: { version } });
  const settings = useGet("/v1/detection-settings", {});
  // As deployed, it is known to the edge alone, which writes it on every event.
  const isDeployed = settings.data?.effective.threshold === null;
  const latest = useGet("/v1/events", { query: { limit: 1 } }, { enabled: isDeployed });
  const [of, setOf] = useState<"payments" | "others">("payments");
  return (
    <Panel
      title={`Calibration ${version}`}
      note={calibration.data === undefined ? undefined : fittedWords(calibration.data)}
      actions={
        hasOthers(calibration.data) ? (
          <Segments
            label="Events"
            value={of}
            onChange={(next) => setOf(next)}
            options={[
              { value: "payments", label: "Payments" },
              { value: "others", label: "Other events" },
            ]}
          />
        ) : undefined
      }
    >
      <Loaded of={calibration} skeleton={<CurveWait />}>
        {({ curves, threshold }) => {
          const { combined, model, rules } = curves[of] ?? curves.payments;
          return (
            <CalibrationCurve
              curves={[
                { name: "Score", points: combined },
                { name: "Model alone", points: model },
                { name: "Named rules alone", points: rules },
              ]}
              threshold={
                settings.data?.effective.threshold ?? latest.data?.data[0]?.assessment.threshold ?? threshold.score
              }
            />
          );
        }}
      </Loaded>
    </Panel>
  );
}

function fittedWords({ rows, days }: Calibration): string | undefined {
  if (rows === null) return undefined;
  return `fitted on ${numberWords(rows)} events${days === null ? "" : ` of ${days} days`}`;
}

function hasOthers(calibration: Calibration | undefined): boolean {
  return calibration !== undefined && calibration.curves.others !== null;
}
