import { useRef, useState } from "react";
import { Link } from "wouter";
import { useLive, usePolling } from "../../api/live.tsx";
import type { LiveEvent } from "../../api/live-messages.ts";
import type { RowOf } from "../../api/client.ts";
import { useGet } from "../../api/queries.ts";
import { classes, IconButton } from "../../parts/button.tsx";
import { Score, Time } from "../../parts/figures.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Empty, Loaded, SkeletonLines } from "../../parts/states.tsx";
import { codeWords, moneyWords } from "../../parts/words.ts";
import "./stream-panel.css";

const LINES = 40;

/** Events as they come, newest first. What was last stored fills it until something comes. */
export function StreamPanel() {
  const everyMs = usePolling();
  const stored = useGet("/v1/events", { query: { limit: LINES } }, { everyMs });
  const { events, seen, state } = useLive();
  const [held, setHeld] = useState<readonly LiveEvent[] | null>(null);
  const first = useRef<HTMLUListElement>(null);
  const note =
    state.kind === "live" ? (seen === 0 ? "waiting for the next" : `${seen} since you came`) : "as of the last look";

  return (
    <Panel
      title="Live events"
      note={held === null ? note : "held"}
      flush
      className="stream"
      actions={
        <IconButton
          small
          icon={held === null ? "pause" : "play"}
          label={held === null ? "Hold the stream" : "Go on"}
          onClick={() => setHeld(held === null ? events : null)}
        />
      }
    >
      <Loaded of={stored} skeleton={<SkeletonLines lines={10} height={34} />}>
        {({ data }) => {
          const shown = lines(held ?? events, data);
          if (shown.length === 0) return <NoEvents />;
          return (
            // What scrolls must be reached by the keyboard.
            <ul className="stream-lines" ref={first} tabIndex={0} aria-label="Events, newest first">
              {shown.map((event) => (
                <StreamLine key={event.id} event={event} />
              ))}
            </ul>
          );
        }}
      </Loaded>
    </Panel>
  );
}

function lines(live: readonly LiveEvent[], stored: readonly RowOf<"/v1/events">[]): LiveEvent[] {
  const known = new Set(live.map(({ id }) => id));
  return [...live, ...stored.filter(({ id }) => !known.has(id)).map(asLive)].slice(0, LINES);
}

function asLive({
  id,
  name,
  timestamp,
  assessment,
  value,
  currency,
  signals,
  user_id,
}: RowOf<"/v1/events">): LiveEvent {
  const { score, anomaly } = assessment;
  const country = signals.country ?? null;
  return {
    id,
    name,
    occurred_at: timestamp,
    score,
    anomaly,
    value: value ?? null,
    currency: currency ?? null,
    country,
    user_id: user_id ?? null,
  };
}

function StreamLine({
  event: { id, name, occurred_at, score, anomaly, value, currency, country },
}: {
  event: LiveEvent;
}) {
  const line = (
    <>
      <Time at={occurred_at} form="clock" />
      <span className="clip">{codeWords(name)}</span>
      <span className="faint stream-country">{country ?? ""}</span>
      <span className="number stream-value">{value === null ? "" : moneyWords(value, currency)}</span>
      {anomaly ? (
        <Score score={score} threshold={0} />
      ) : (
        <span className="number faint stream-score">{score.toFixed(2)}</span>
      )}
    </>
  );
  return (
    <li className={classes("stream-line", anomaly && "stream-anomaly")}>
      {anomaly ? <Link href={`/anomalies/ano_${id}`}>{line}</Link> : <span>{line}</span>}
    </li>
  );
}

function NoEvents() {
  return (
    <Empty icon="overview" title="No events yet">
      <p>
        Send the first one to the edge with an ingest key: <code>POST /v1/events</code>.
      </p>
    </Empty>
  );
}
