import { Link } from "wouter";
import type { RowOf } from "../../../api/client.ts";
import { usePolling } from "../../../api/live.tsx";
import { useList } from "../../../api/queries.ts";
import { Button } from "../../../parts/button.tsx";
import { Copyable } from "../../../parts/copy.tsx";
import { Dialog } from "../../../parts/dialog.tsx";
import { Ago, Fact, Facts, Time } from "../../../parts/figures.tsx";
import { Pager } from "../../../parts/pager.tsx";
import { Panel } from "../../../parts/panel.tsx";
import { Empty, Loaded, SkeletonLines } from "../../../parts/states.tsx";
import { Table } from "../../../parts/table.tsx";
import { NOTHING, numberWords } from "../../../parts/words.ts";
import { useUrlState } from "../../../shell/url-state.ts";
import { ReplayButton } from "../alert-deliveries.tsx";
import { DeliveryBadge, TYPES } from "../alert.tsx";

type Delivery = RowOf<"/v1/webhooks/{id}/deliveries">;
type Attempt = Delivery["attempts"][number];

/** What was sent to a destination and how each attempt went. */
export function Deliveries({ id }: { id: string }) {
  const everyMs = usePolling();
  const list = useList("/v1/webhooks/{id}/deliveries", { params: { id } }, { everyMs });
  const [{ delivery: openId }, set] = useUrlState({ delivery: "" });
  const open = list.rows.find((delivery) => delivery.id === openId);
  return (
    <Panel title="Deliveries" flush>
      <Loaded of={list} skeleton={<SkeletonLines lines={8} />}>
        {() => (
          <Table
            caption="Deliveries, newest first"
            rows={list.rows}
            keyOf={(delivery) => delivery.id}
            selected={openId}
            empty={
              <Empty icon="alerts" title="Nothing was sent here so far">
                <p>Send a test to see whether it arrives.</p>
              </Empty>
            }
            columns={[
              {
                head: "Alert",
                cell: ({ id: deliveryId, type }) => (
                  <Button look="quiet" small onClick={() => set({ delivery: deliveryId })} className="delivery-open">
                    {TYPES[type].name}
                  </Button>
                ),
              },
              { head: "Status", cell: ({ status }) => <DeliveryBadge status={status} /> },
              { head: "Last answer", from: "tablet", cell: ({ attempts }) => outcomeOf(attempts.at(-1)) },
              {
                head: "Attempts",
                align: "end",
                from: "tablet",
                cell: ({ attempts }) => numberWords(attempts.length),
              },
              { head: "Made", align: "end", cell: ({ created_at }) => <Ago at={created_at} /> },
              {
                head: "Replay",
                headUnseen: true,
                align: "end",
                from: "laptop",
                cell: ({ id: deliveryId, status }) => <ReplayButton id={deliveryId} status={status} />,
              },
            ]}
          />
        )}
      </Loaded>
      <Pager shown={list.rows.length} of="deliveries" list={list} />
      <DeliveryDialog
        delivery={open}
        isOpen={openId !== ""}
        isRead={list.data !== undefined}
        onClose={() => set({ delivery: "" })}
      />
    </Panel>
  );
}

function outcomeOf(attempt: Attempt | undefined): string {
  if (attempt === undefined) return NOTHING;
  const { status, error, duration_ms } = attempt;
  return `${error ?? status ?? "no answer"} in ${numberWords(duration_ms)} ms`;
}

interface DeliveryDialogProps {
  delivery: Delivery | undefined;
  isOpen: boolean;
  isRead: boolean;
  onClose(): void;
}

function DeliveryDialog({ delivery, isOpen, isRead, onClose }: DeliveryDialogProps) {
  return (
    <Dialog
      kind="side"
      open={isOpen}
      onClose={onClose}
      title={delivery === undefined ? "Delivery" : `Delivery: ${TYPES[delivery.type].name}`}
      actions={delivery === undefined ? undefined : <ReplayButton id={delivery.id} status={delivery.status} />}
    >
      {delivery === undefined && isRead ? (
        <Empty icon="search" title="It is not among those shown">
          <p>Show more of the list, in which older ones stand below.</p>
        </Empty>
      ) : null}
      {delivery === undefined ? null : <DeliveryBody delivery={delivery} />}
    </Dialog>
  );
}

function DeliveryBody({ delivery }: { delivery: Delivery }) {
  const { id, alert_id, status, created_at, finished_at, next_attempt_at, attempts } = delivery;
  return (
    <div className="delivery">
      <Facts>
        <Fact name="Status">
          <DeliveryBadge status={status} />
        </Fact>
        <Fact name="Alert">
          <Link href={`/alerts/${alert_id}`} className="mono">
            {alert_id}
          </Link>
        </Fact>
        <Fact name="webhook-id">
          <Copyable text={id} label="Copy the delivery’s id" />
        </Fact>
        <Fact name="Made">
          <Time at={created_at} form="moment" />
        </Fact>
        {finished_at === null ? null : (
          <Fact name="Over">
            <Time at={finished_at} form="moment" />
          </Fact>
        )}
        {next_attempt_at === null ? null : (
          <Fact name="Next attempt">
            <Ago at={next_attempt_at} />
          </Fact>
        )}
      </Facts>
      <h3>Attempts</h3>
      <ol>
        {attempts.toReversed().map((attempt) => (
          <li key={attempt.attempt} className="attempt">
            <div className="row row-wrap">
              <b>{attempt.attempt}</b>
              <span className="grow">{outcomeOf(attempt)}</span>
              <span className="small soft">
                <Time at={attempt.started_at} form="moment" />
              </span>
            </div>
            {attempt.answer === null || attempt.answer === "" ? null : (
              <pre className="attempt-answer">{attempt.answer}</pre>
            )}
          </li>
        ))}
      </ol>
      {attempts.length === 0 ? <p className="soft">None was made yet.</p> : null}
    </div>
  );
}
