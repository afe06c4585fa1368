import { useState } from "react";
import type { Answer } from "../../api/client.ts";
import { useGet } from "../../api/queries.ts";
import { Button, IconButton } from "../../parts/button.tsx";
import { Copyable } from "../../parts/copy.tsx";
import { AreaField } from "../../parts/field.tsx";
import { Ago, Money, Score, Time } from "../../parts/figures.tsx";
import "../../parts/panel.css";
import { Loaded, SkeletonLines } from "../../parts/states.tsx";
import { codeWords } from "../../parts/words.ts";
import { useShortcuts } from "../../shell/shortcuts.ts";
import { EventBody } from "../events/event-body.tsx";
import { VerdictBadge, verdictOn } from "./queue.tsx";
import { VerdictLog } from "./verdict-log.tsx";
import type { Label } from "./verdicts.ts";
import "./anomaly-detail.css";

export type Detail = Answer<"get", "/v1/anomalies/{id}">;

interface AnomalyDetailProps {
  id: string;
  /** Where it stands in the list; undefined when it does not. */
  place: { at: number; of: number } | undefined;
  /** Verdicts on their way. */
  pending: ReadonlyMap<string, Label | null>;
  onJudge(label: Label, note?: string): void;
  onStep(by: 1 | -1): void;
  onBack(): void;
}

/** One anomaly: why it was found, what is known around it, and the verdict on it. */
export function AnomalyDetail(props: AnomalyDetailProps) {
  const detail = useGet("/v1/anomalies/{id}", { params: { id: props.id } });
  return (
    <article className="panel detail" aria-label="Anomaly">
      <DetailBar {...props} />
      <Loaded of={detail} skeleton={<SkeletonLines lines={14} />}>
        {(data) => <DetailBody {...props} detail={data} />}
      </Loaded>
    </article>
  );
}

function DetailBar({ place, onStep, onBack }: AnomalyDetailProps) {
  return (
    <div className="detail-bar">
      <Button small look="quiet" icon="left" onClick={onBack} className="detail-back">
        List
      </Button>
      <span className="small soft number" role="status">
        {place === undefined ? "Not among those loaded" : `${place.at} of ${place.of}`}
      </span>
      <span className="end row">
        <IconButton
          small
          icon="up"
          label="Previous (k)"
          disabled={place === undefined || place.at === 1}
          onClick={() => onStep(-1)}
        />
        <IconButton
          small
          icon="down"
          label="Next (j)"
          disabled={place !== undefined && place.at === place.of}
          onClick={() => onStep(1)}
        />
      </span>
    </div>
  );
}

function DetailBody({ detail, pending, onJudge }: AnomalyDetailProps & { detail: Detail }) {
  const { event } = detail;
  const { assessment, name, value, currency } = event;
  const verdict = verdictOn(detail, pending);
  return (
    <>
      <header className="detail-head">
        <div className="row row-wrap">
          <Score score={assessment.score} threshold={0} />
          <span className="soft">{codeWords(name)}</span>
          {verdict === undefined ? null : <VerdictBadge label={verdict} />}
        </div>
        <h2 className="detail-title">{assessment.reasons[0]?.detail ?? `${codeWords(name)} unlike any other`}</h2>
        <p className="soft row row-wrap">
          {value === undefined ? null : (
            <b className="detail-amount">
              <Money value={value} currency={currency} />
            </b>
          )}
          <span>
            <Time at={event.timestamp} /> (<Ago at={event.timestamp} />)
          </span>
          <Copyable text={event.id} label="Copy the event’s id" />
        </p>
      </header>
      <VerdictForm verdict={verdict} onJudge={onJudge} />
      <EventBody event={event}>
        <VerdictLog detail={detail} />
      </EventBody>
    </>
  );
}

function VerdictForm({ verdict, onJudge }: { verdict: Label | undefined; onJudge(label: Label, note?: string): void }) {
  const [note, setNote] = useState("");
  const [isNoting, setNoting] = useState(false);
  useShortcuts({
    n: () => setNoting(true),
    // In place of the page's own, so that the note goes with it.
    ...(note === "" ? {} : { c: () => onJudge("confirmed", note), d: () => onJudge("dismissed", note) }),
  });
  return (
    <div className="verdict">
      <div className="row row-wrap">
        <Button icon="check" look="primary" needs="operator" hint="c" onClick={() => onJudge("confirmed", note)}>
          {verdict === "confirmed" ? "Confirm again" : "Confirm"}
        </Button>
        <Button icon="dismiss" needs="operator" hint="d" onClick={() => onJudge("dismissed", note)}>
          Dismiss
        </Button>
        {isNoting ? null : (
          <Button look="quiet" hint="n" needs="operator" onClick={() => setNoting(true)}>
            Add a note
          </Button>
        )}
      </div>
      {isNoting ? (
        <AreaField
          label="Note, kept with the verdict"
          value={note}
          maxLength={2_000}
          autoFocus
          onChange={(event) => setNote(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            event.stopPropagation();
            event.currentTarget.blur();
          }}
          words="Escape leaves the field; then c or d gives the verdict."
        />
      ) : null}
    </div>
  );
}
