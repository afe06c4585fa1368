import { Badge } from "../../parts/badge.tsx";
import { Bar, Fact, Facts } from "../../parts/figures.tsx";
import { shareWords } from "../../parts/words.ts";
import type { ScoredEvent } from "./event-body.tsx";
import "./assessment-part.css";

const READERS: Record<ScoredEvent["runtime"], string> = {
  ort: "ONNX Runtime",
  plain: "the plain reader",
  none: "no model",
};

/** What each signal made of it, by which versions, and how much of what it needed was known. */
export function AssessmentPart({ event: { assessment, feature_set, runtime, source } }: { event: ScoredEvent }) {
  const { score, threshold, confidence, signals, model, client_model, calibration, degraded } = assessment;
  const bars = [
    { name: "Score", value: score },
    { name: "Named rules", value: signals.rules },
    { name: "Model", value: signals.model },
    { name: "Model of this shop", value: signals.client_model },
  ];
  return (
    <section className="part">
      <h3>Assessment</h3>
      <div className="part-columns">
        <ul className="signals">
          {bars.map(({ name, value }) => (
            <li key={name} className="signal">
              <span className="soft">{name}</span>
              <span className="signal-bar">
                <Bar share={value ?? 0} tone={value !== null && value >= threshold ? "warn" : "faint"} />
                <span className="signal-threshold" style={{ left: `${threshold * 100}%` }} />
              </span>
              <span className="number">{value === null ? "none" : value.toFixed(2)}</span>
            </li>
          ))}
          <li className="small faint">The mark is the threshold, {threshold.toFixed(2)}.</li>
        </ul>
        <Facts>
          <Fact name="Confidence">{shareWords(confidence)}</Fact>
          <Fact name="Scored by">
            {model ?? "rules alone"}
            {client_model === null ? "" : `, ${client_model}`}
          </Fact>
          <Fact name="Calibration">{calibration}</Fact>
          <Fact name="Features">
            {feature_set}, read by {READERS[runtime]}
          </Fact>
          <Fact name="Sent with">a {source} key</Fact>
          {degraded.length === 0 ? null : (
            <Fact name="Was missing">
              <span className="row row-wrap">
                {degraded.map((what) => (
                  <Badge key={what} tone="warn">
                    {what}
                  </Badge>
                ))}
              </span>
            </Fact>
          )}
        </Facts>
      </div>
    </section>
  );
}
