import { Link } from "wouter";
import { Badge } from "../../parts/badge.tsx";
import { Time } from "../../parts/figures.tsx";
import type { Detail } from "./anomaly-detail.tsx";
import { VerdictBadge } from "./queue.tsx";
import "./verdict-log.css";

/** Every verdict so far, and the alerts it is in. */
export function VerdictLog({ detail: { feedback, alerts, not_alerted_because } }: { detail: Detail }) {
  return (
    <section className="part">
      <h3>Verdicts and alerts</h3>
      <ul className="verdict-log">
        {feedback.length === 0 ? <li className="soft">No verdict so far.</li> : null}
        {feedback.map(({ label, note, created_at }) => (
          <li key={`${created_at} ${label}`}>
            <VerdictBadge label={label} /> <Time at={created_at} />
            {note === null ? null : <p className="verdict-note">{note}</p>}
          </li>
        ))}
        {alerts.map(({ id, rule, digest, silenced }) => (
          <li key={id}>
            Alerted{digest ? " in a digest" : ""} by <Link href={`/alerts/${id}`}>{rule ?? "a rule that is gone"}</Link>{" "}
            {silenced ? <Badge>silenced: sent to nobody</Badge> : null}
          </li>
        ))}
        {not_alerted_because === null ? null : <li className="soft">Not alerted: {not_alerted_because}.</li>}
      </ul>
    </section>
  );
}
