import { Link } from "wouter";
import type { Answer } from "../../api/client.ts";
import { classes } from "../../parts/button.tsx";
import { Time } from "../../parts/figures.tsx";
import { codeWords, moneyWords } from "../../parts/words.ts";
import "./timeline.css";

type Moment = Answer<"get", "/v1/entities/{kind}/{key}">["timeline"][number];

const SHOWN = 12;

/** What happened around an event, newest first. */
export function Timeline({ current, events }: { current: string; events: readonly Moment[] }) {
  const at = Math.max(
    0,
    events.findIndex(({ id }) => id === current),
  );
  const start = Math.max(0, Math.min(at - SHOWN / 2, events.length - SHOWN));
  return (
    <ol className="timeline" aria-label="Events around it, newest first">
      {events.slice(start, start + SHOWN).map((one) => (
        <li
          key={one.id}
          className={classes("moment", one.anomaly && "moment-anomaly", one.id === current && "moment-this")}
          aria-current={one.id === current ? "true" : undefined}
        >
          <Time at={one.occurred_at} />
          <span className="clip" title={one.reason ?? undefined}>
            {one.id === current ? codeWords(one.name) : <Link href={linkTo(one)}>{codeWords(one.name)}</Link>}
            {one.outcome === "declined" ? <span className="soft"> declined</span> : null}
            {one.label === null ? null : <span className="soft"> · {one.label}</span>}
          </span>
          <span className="faint">{one.country ?? ""}</span>
          <span className="number">{one.value === null ? "" : moneyWords(one.value, one.currency)}</span>
          <span className="number moment-score">{one.score.toFixed(2)}</span>
        </li>
      ))}
    </ol>
  );
}

function linkTo({ id, anomaly }: Moment): string {
  return anomaly ? `/anomalies/ano_${id}?status=all` : `/events/${id}`;
}
