import { Link } from "wouter";
import type { Answer } from "../../api/client.ts";
import { useChange, useGet } from "../../api/queries.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Copyable } from "../../parts/copy.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Ago, Fact, Facts, Score, Time } from "../../parts/figures.tsx";
import { JsonBlock } from "../../parts/json-block.tsx";
import { ErrorBox, Loaded, SkeletonLines } from "../../parts/states.tsx";
import { toast } from "../../parts/toast.tsx";
import { numberWords } from "../../parts/words.ts";
import { AlertDeliveries } from "./alert-deliveries.tsx";
import { AlertNotes } from "./alert-notes.tsx";
import { textAt, titleOf, TYPES } from "./alert.tsx";
import "./alert-detail.css";

export type WholeAlert = Answer<"get", "/v1/alerts/{id}">;

/** One alert beside the list: what it told, where it went, what people say of it. */
export function AlertDetail({ id, onClose }: { id: string | undefined; onClose(): void }) {
  const alert = useGet("/v1/alerts/{id}", { params: { id: id ?? "" } }, { enabled: id !== undefined });
  const acknowledge = useChange("post", "/v1/alerts/{id}/acknowledge", ["/v1/alerts"]);
  const isOpen = alert.data?.acknowledged_at === null;
  return (
    <Dialog
      kind="side"
      open={id !== undefined}
      onClose={onClose}
      title={alert.data === undefined ? "Alert" : titleOf(alert.data)}
      actions={
        isOpen && id !== undefined ? (
          <Button
            look="primary"
            icon="check"
            needs="operator"
            busy={acknowledge.isPending}
            onClick={() => acknowledge.mutate({ params: { id } }, { onSuccess: () => toast("Acknowledged.") })}
          >
            Acknowledge
          </Button>
        ) : undefined
      }
    >
      <Loaded of={alert} skeleton={<SkeletonLines lines={14} />}>
        {(data) => <AlertBody alert={data} />}
      </Loaded>
      {acknowledge.error === null ? null : <ErrorBox error={acknowledge.error} />}
    </Dialog>
  );
}

function AlertBody({ alert }: { alert: WholeAlert }) {
  return (
    <div className="alert-detail">
      <div className="row row-wrap">
        <Badge tone="accent">{TYPES[alert.type].name}</Badge>
        {alert.digest ? <Badge>Digest of an hour</Badge> : null}
        {alert.silenced ? <Badge tone="warn">Silenced: nothing was sent</Badge> : null}
        {alert.acknowledged_at === null ? null : <Badge tone="good">Acknowledged</Badge>}
      </div>
      <AlertFacts alert={alert} />
      {alert.examples.length === 0 ? null : (
        <section>
          <h3>Anomalies{alert.anomalies > alert.examples.length ? " with the highest scores" : ""}</h3>
          <ul className="alert-examples">
            {alert.examples.map(({ anomaly_id, title, score, found_at }) => (
              <li key={anomaly_id}>
                <Score score={score} threshold={0} />
                <Link href={`/anomalies/${anomaly_id}?status=all`} className="grow">
                  {title}
                </Link>
                <span className="small soft">
                  <Ago at={found_at} />
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <AlertDeliveries deliveries={alert.deliveries} isSilenced={alert.silenced} />
      <AlertNotes id={alert.id} notes={alert.notes} />
      <details>
        <summary>What was sent</summary>
        <JsonBlock value={alert.data} label="What was sent" />
      </details>
    </div>
  );
}

function AlertFacts({ alert }: { alert: WholeAlert }) {
  const { rule_id, group, anomalies, cooled, opened_at, last_at, acknowledged_at, acknowledged_by, data } = alert;
  const about = aboutOf(alert);
  return (
    <Facts>
      <Fact name="Raised">
        <Time at={alert.created_at} /> (<Ago at={alert.created_at} />)
      </Fact>
      {about === undefined ? null : (
        <Fact name="About">
          <Link href={about.href}>{about.words}</Link>
        </Fact>
      )}
      {rule_id === null ? null : (
        <Fact name="Rule">
          <Link href={`/alerts/rules/${rule_id}`}>{textAt(data, "alert", "rule", "name") ?? rule_id}</Link>
        </Fact>
      )}
      {group === null ? null : <Fact name="In common">{group}</Fact>}
      {opened_at === null ? null : (
        <Fact name="Anomalies">
          {numberWords(anomalies)}
          {cooled === 0 ? "" : `, ${numberWords(cooled)} of them in the cool-down`}; from <Time at={opened_at} />
          {last_at === null || last_at === opened_at ? null : (
            <>
              {" "}
              to <Time at={last_at} />
            </>
          )}
        </Fact>
      )}
      {alert.digest_due_at === null ? null : (
        <Fact name="Digest due">
          <Time at={alert.digest_due_at} />
        </Fact>
      )}
      {acknowledged_at === null ? null : (
        <Fact name="Acknowledged">
          <Time at={acknowledged_at} /> by <code>{acknowledged_by}</code>
        </Fact>
      )}
      <Fact name="Id">
        <Copyable text={alert.id} label="Copy the alert’s id" />
      </Fact>
    </Facts>
  );
}

/** Where what it tells of is shown. */
function aboutOf({ type, data, event_id }: WholeAlert): { href: string; words: string } | undefined {
  if (event_id !== null) return { href: `/events/${event_id}`, words: "the event" };
  const incident = textAt(data, "incident", "id");
  if (incident !== undefined) return { href: `/incidents/${incident}`, words: "the incident" };
  const webhook = textAt(data, "webhook", "id");
  if (webhook !== undefined) return { href: `/alerts/destinations/${webhook}`, words: "the destination" };
  if (type === "model.promoted") return { href: "/models/releases", words: "the releases" };
  if (type === "drift.detected") return { href: "/models/drift", words: "drift" };
  return undefined;
}
