import { useState } from "react";
import { Link } from "wouter";
import { usePolling } from "../../api/live.tsx";
import { useChange, useGet } from "../../api/queries.ts";
import { Button, LinkButton } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { AreaField } from "../../parts/field.tsx";
import { Bar, Fact, Facts, Money, Time } from "../../parts/figures.tsx";
import { Panel } from "../../parts/panel.tsx";
import { ErrorBox, Loaded, SkeletonLines } from "../../parts/states.tsx";
import { toast } from "../../parts/toast.tsx";
import {
  changeWords,
  codeWords,
  memberWords,
  moneyWords,
  NOTHING,
  numberWords,
  shareWords,
} from "../../parts/words.ts";
import { PageFrame } from "../../shell/page-frame.tsx";
import { IncidentBadge, lasted, type Incident } from "./incident.tsx";
import { IncidentChart } from "./incident-chart.tsx";
import "./incident-detail.css";

/** One incident: what it is, where it is, what it costs. */
export function IncidentDetail({ id }: { id: string }) {
  const everyMs = usePolling();
  const incident = useGet("/v1/incidents/{id}", { params: { id } }, { everyMs });
  const [isClosing, setClosing] = useState(false);
  return (
    <PageFrame
      title={incident.data?.title ?? "Incident"}
      actions={
        <>
          {incident.data?.status === "open" ? (
            <Button needs="operator" onClick={() => setClosing(true)}>
              Close it
            </Button>
          ) : null}
          <LinkButton icon="left" href="/incidents">
            All incidents
          </LinkButton>
        </>
      }
    >
      <Loaded of={incident} skeleton={<SkeletonLines lines={12} />}>
        {(data) => <IncidentBody incident={data} />}
      </Loaded>
      <CloseDialog id={id} open={isClosing} onClose={() => setClosing(false)} />
    </PageFrame>
  );
}

function IncidentBody({ incident }: { incident: Incident }) {
  const {
    status,
    started_at,
    opened_at,
    closed_at,
    closed_by,
    observed,
    expected,
    band,
    change,
    impact,
    signals,
    segments,
    anomalies,
    note,
  } = incident;
  const words = (value: number | null) => figureWords(incident, value);
  return (
    <div className="incident">
      <Panel title="What" note={<IncidentBadge status={status} />}>
        <Facts>
          <Fact name="Seen">
            <b>{words(observed)}</b> {change === null ? "" : `(${changeWords(change)})`}
          </Fact>
          <Fact name="Expected">
            {words(expected)}
            {band === null ? "" : `, by chance ${words(band.low)} to ${words(band.high)}`}
          </Fact>
          <Fact name="Against the usual">
            {impact === null ? NOTHING : <Money value={impact.amount} currency={impact.currency} />}
          </Fact>
          <Fact name="Began">
            <Time at={started_at} />, lasted {lasted(incident)}
          </Fact>
          <Fact name="Found">
            <Time at={opened_at} />
          </Fact>
          {closed_at === null ? null : (
            <Fact name="Closed">
              <Time at={closed_at} /> {closed_by === null ? "by itself" : `by ${closed_by}`}
            </Fact>
          )}
          {note === null ? null : <Fact name="Note">{note}</Fact>}
        </Facts>
      </Panel>
      <Panel title="Where" note="Parts of the difference">
        {segments.length === 0 ? <p className="soft">It is not in some part more than in the others.</p> : null}
        <ul className="incident-segments">
          {segments.map(({ dimension, member, share, observed: saw, expected: usual }) => (
            <li key={`${dimension} ${member}`}>
              <span className="clip">{memberWords(member, dimension)}</span>
              <Bar share={share} tone="warn" />
              <span className="number" title={`${words(saw)}, usual ${words(usual)}`}>
                {shareWords(share)}
              </span>
            </li>
          ))}
        </ul>
      </Panel>
      <div className="incident-wide">
        <IncidentChart incident={incident} />
      </div>
      <Panel title="Shows in">
        <ul>
          {signals.map(({ metric, member, dimension, side, started_at: since }) => (
            <li key={`${metric} ${dimension} ${member} ${side}`} className="incident-signal">
              {codeWords(metric)} {side === "up" ? "above" : "below"} the usual
              {member === null ? "" : `, ${memberWords(member, dimension)}`}, since <Time at={since} />
            </li>
          ))}
        </ul>
      </Panel>
      <Panel title="Point anomalies" note={numberWords(anomalies.count)}>
        {anomalies.ids.length === 0 ? <p className="soft">None of its time and part.</p> : null}
        <ul>
          {anomalies.ids.map((id) => (
            <li key={id} className="incident-signal">
              <Link href={`/anomalies/${id}?status=all`} className="mono">
                {id}
              </Link>
            </li>
          ))}
        </ul>
      </Panel>
    </div>
  );
}

function figureWords({ metric, impact }: Incident, value: number | null): string {
  if (metric === "revenue" || metric === "average_order_value")
    return `${moneyWords(value, impact?.currency)}${metric === "revenue" ? " a minute" : ""}`;
  if (metric.endsWith("_rate")) return shareWords(value);
  return `${numberWords(value)} a minute`;
}

function CloseDialog({ id, open, onClose }: { id: string; open: boolean; onClose(): void }) {
  const [note, setNote] = useState("");
  const close = useChange("post", "/v1/incidents/{id}/close", ["/v1/incidents"]);
  const run = () =>
    close.mutate(
      { params: { id }, body: { note: note === "" ? null : note } },
      {
        onSuccess() {
          toast("Incident closed.");
          onClose();
        },
      },
    );
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Close the incident"
      words="It is not told again until the figures were as usual in between."
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" busy={close.isPending} onClick={run}>
            Close it
          </Button>
        </>
      }
    >
      <AreaField label="Note" value={note} onChange={(event) => setNote(event.currentTarget.value)} maxLength={500} />
      {close.error === null ? null : <ErrorBox error={close.error} />}
    </Dialog>
  );
}
