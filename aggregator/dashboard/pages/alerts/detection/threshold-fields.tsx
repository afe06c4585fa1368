import { fieldError, type RequestFailed } from "../../../api/problem.ts";
import { TextField } from "../../../parts/field.tsx";
import { Segments } from "../../../parts/segments.tsx";
import { numberWords } from "../../../parts/words.ts";
import type { Choice, DetectionDraft } from "./detection-draft.ts";

interface ThresholdFieldsProps {
  draft: DetectionDraft;
  set(changes: Partial<DetectionDraft>): void;
  error: RequestFailed | null;
}

const CHOICES: { value: Choice; label: string; words: string }[] = [
  { value: "deployed", label: "As deployed", words: "The deployment’s ALERT_THRESHOLD holds." },
  { value: "threshold", label: "A score", words: "An event is an anomaly from this score on, whatever comes of it." },
  {
    value: "per_day",
    label: "Alerts a day",
    words: "The threshold is chosen for about so many anomalies a day, and corrected each day by how many there were.",
  },
  {
    value: "share",
    label: "One in so many",
    words: "The threshold is chosen so that of clean events about one in so many is beyond it.",
  },
];

/** How the threshold is come by, and the number that goes with it. */
export function ThresholdFields({ draft, set, error }: ThresholdFieldsProps) {
  const { choice, threshold, per_day, one_in } = draft;
  const score = Number(threshold.replace(",", "."));
  return (
    <div className="stack">
      <Segments
        label="How the threshold is chosen"
        value={choice}
        onChange={(next) => set({ choice: next })}
        options={CHOICES}
      />
      <p className="small soft threshold-words">{CHOICES.find(({ value }) => value === choice)?.words}</p>
      <div className="threshold-number">
        {choice === "threshold" ? (
          <TextField
            label="Score, 0.1 to 1"
            inputMode="decimal"
            value={threshold}
            onChange={(event) => set({ threshold: event.currentTarget.value })}
            words={
              score > 0 && score <= 1 ? `About 1 in ${numberWords(Math.round(10 ** (5 * score)))} clean events.` : " "
            }
            error={fieldError(error, "threshold")}
          />
        ) : null}
        {choice === "per_day" ? (
          <TextField
            label="Alerts a day"
            inputMode="decimal"
            value={per_day}
            onChange={(event) => set({ per_day: event.currentTarget.value })}
            words="About as many as somebody will look at."
            error={fieldError(error, "alert_budget")}
          />
        ) : null}
        {choice === "share" ? (
          <TextField
            label="One in"
            inputMode="numeric"
            value={one_in}
            onChange={(event) => set({ one_in: event.currentTarget.value })}
            words="Clean events, 4 to 100,000."
            error={fieldError(error, "alert_budget")}
          />
        ) : null}
      </div>
    </div>
  );
}
