import { useState } from "react";
import { usePolling } from "../../../api/live.tsx";
import { useChange, useGet } from "../../../api/queries.ts";
import { Button, LinkButton } from "../../../parts/button.tsx";
import { Copyable } from "../../../parts/copy.tsx";
import { Fact, Facts, Time } from "../../../parts/figures.tsx";
import { Panel } from "../../../parts/panel.tsx";
import { Loaded, SkeletonLines } from "../../../parts/states.tsx";
import { toast } from "../../../parts/toast.tsx";
import { useUrlState } from "../../../shell/url-state.ts";
import { AlertsFrame } from "../alerts-frame.tsx";
import { Deliveries } from "./deliveries.tsx";
import { DestinationBadge, KINDS, nameOf, StateWords, type Destination } from "./destination.tsx";
import { DestinationDangers } from "./destination-dangers.tsx";
import { DestinationEditor } from "./destination-dialog.tsx";
import { typesWords } from "./destination-list.tsx";

/** One destination: how it stands, what was sent, and everything that can be done with it. */
export function DestinationPage({ id }: { id: string }) {
  const everyMs = usePolling();
  const destination = useGet("/v1/webhooks/{id}", { params: { id } }, { everyMs });
  return (
    <AlertsFrame
      tab="Destinations"
      words={destination.data === undefined ? " " : nameOf(destination.data)}
      actions={
        <LinkButton icon="left" href="/alerts/destinations">
          All destinations
        </LinkButton>
      }
    >
      <div className="destination">
        <Loaded of={destination} skeleton={<SkeletonLines lines={10} />}>
          {(data) => <DestinationPanel destination={data} />}
        </Loaded>
        <Deliveries id={id} />
      </div>
    </AlertsFrame>
  );
}

function DestinationPanel({ destination }: { destination: Destination }) {
  const { id, kind, url, from, to, types, created_at, previous_secret_until, replay_since } = destination;
  const [isEditing, setEditing] = useState(false);
  return (
    <Panel title={KINDS[kind].name} note={<DestinationBadge destination={destination} />}>
      <div className="stack">
        <p className="destination-state" role="status">
          <StateWords destination={destination} />
        </p>
        <div className="row row-wrap">
          <TestButton destination={destination} />
          <Button icon="link" needs="operator" onClick={() => setEditing(true)}>
            Change
          </Button>
        </div>
        <Facts>
          <Fact name={kind === "email" ? "Sent by" : "URL"}>
            <code>{url}</code>
          </Fact>
          {from === undefined ? null : <Fact name="From">{from}</Fact>}
          {to === undefined ? null : <Fact name="To">{to.join(", ")}</Fact>}
          <Fact name="Gets">{typesWords(types)}</Fact>
          <Fact name="Added">
            <Time at={created_at} />
          </Fact>
          {previous_secret_until === null ? null : (
            <Fact name="Old secret">
              signs as well until <Time at={previous_secret_until} />
            </Fact>
          )}
          {replay_since === null ? null : (
            <Fact name="Replaying">
              what it missed since <Time at={replay_since} />
            </Fact>
          )}
          <Fact name="Id">
            <Copyable text={id} label="Copy the destination’s id" />
          </Fact>
        </Facts>
        <DestinationDangers destination={destination} />
      </div>
      {isEditing ? <DestinationEditor destination={destination} onClose={() => setEditing(false)} /> : null}
    </Panel>
  );
}

/** Sends a test and shows how it went. */
function TestButton({ destination: { id, enabled } }: { destination: Destination }) {
  const test = useChange("post", "/v1/webhooks/{id}/test", ["/v1/webhooks", "/v1/alerts"]);
  const [, set] = useUrlState({ delivery: "" });
  const run = () =>
    test.mutate(
      { params: { id } },
      {
        onSuccess(delivery) {
          const show = { label: "Show", run: () => set({ delivery: delivery.id }) };
          const { status, error } = delivery.attempts.at(-1) ?? { status: null, error: null };
          if (delivery.status === "delivered") toast(`The test arrived (${status ?? "no status"}).`, { action: show });
          else toast(`The test failed: ${error ?? status ?? "no answer"}.`, { tone: "bad", action: show });
        },
        onError: (error) => toast(`No test was sent: ${error.message}`, { tone: "bad" }),
      },
    );
  return (
    <Button
      look="primary"
      icon="play"
      needs="operator"
      busy={test.isPending}
      disabledBecause={enabled ? undefined : "It is disabled; enable it first."}
      onClick={run}
    >
      {test.isPending ? "Sending …" : "Send a test"}
    </Button>
  );
}
