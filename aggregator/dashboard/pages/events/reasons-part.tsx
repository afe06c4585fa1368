import { Bar } from "../../parts/figures.tsx";
import { codeWords, shareWords } from "../../parts/words.ts";
import type { ScoredEvent } from "./event-body.tsx";
import "./reasons-part.css";

/** Why it was found, each reason as long as its part in the evidence. */
export function ReasonsPart({ event: { assessment } }: { event: ScoredEvent }) {
  const { reasons } = assessment;
  if (reasons.length === 0) return null;
  return (
    <section className="part">
      <h3>Why</h3>
      <ol className="reasons">
        {reasons.map(({ code, detail, contribution }) => (
          <li key={`${code} ${detail}`} className="reason">
            <span className="reason-name">{codeWords(code)}</span>
            <span className="reason-bar">
              <Bar share={contribution} tone="warn" />
              <span className="small soft number">{shareWords(contribution)}</span>
            </span>
            <span className="reason-detail soft">{detail}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
