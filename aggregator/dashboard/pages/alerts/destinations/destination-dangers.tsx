import { useState } from "react";
import { useLocation } from "wouter";
import { useChange } from "../../../api/queries.ts";
import { Button } from "../../../parts/button.tsx";
import { Confirm } from "../../../parts/confirm.tsx";
import { toast } from "../../../parts/toast.tsx";
import { nameOf, type Destination } from "./destination.tsx";
import { ReplayMissed } from "./replay-missed.tsx";
import { WebhookSecret } from "./webhook-secret.tsx";

type Asked = "rotate" | "disable" | "delete" | "replay" | null;

/** What changes what is sent here, each after a question. */
export function DestinationDangers({ destination }: { destination: Destination }) {
  const { id, kind, enabled } = destination;
  const [asked, ask] = useState<Asked>(null);
  const [secret, setSecret] = useState<string>();
  const [, navigate] = useLocation();
  const change = useChange("patch", "/v1/webhooks/{id}", ["/v1/webhooks"]);
  const rotate = useChange("post", "/v1/webhooks/{id}/rotate-secret", ["/v1/webhooks"]);
  const remove = useChange("delete", "/v1/webhooks/{id}", ["/v1/webhooks"]);
  const close = () => {
    for (const one of [change, rotate, remove]) one.reset();
    ask(null);
  };
  const enable = () =>
    change.mutate(
      { params: { id }, body: { enabled: true } },
      {
        onSuccess: () => toast("Enabled. What it missed can be sent by a replay."),
        onError: (error) => toast(`It was not enabled: ${error.message}`, { tone: "bad" }),
      },
    );
  return (
    <div className="row row-wrap destination-dangers">
      <Button small icon="refresh" needs="operator" onClick={() => ask("replay")}>
        Replay missed …
      </Button>
      {kind === "webhook" ? (
        <Button small icon="keys" needs="operator" onClick={() => ask("rotate")}>
          Change the secret …
        </Button>
      ) : null}
      {enabled ? (
        <Button small icon="pause" needs="operator" onClick={() => ask("disable")}>
          Disable …
        </Button>
      ) : (
        <Button small icon="play" needs="operator" busy={change.isPending} onClick={enable}>
          Enable
        </Button>
      )}
      <Button small icon="trash" needs="operator" onClick={() => ask("delete")}>
        Delete …
      </Button>

      <ReplayMissed open={asked === "replay"} onClose={close} destination={destination} />
      <Confirm
        open={asked === "rotate"}
        onClose={close}
        title="Change the secret"
        words={
          <p>
            A new secret is made and shown once. For 24 h every request carries a signature of the new one and of the
            present one, so that the receiver can change over at any time of that.
          </p>
        }
        action="Make a new secret"
        change={rotate}
        onConfirm={() =>
          rotate.mutate(
            { params: { id } },
            {
              onSuccess(made) {
                close();
                setSecret(made.secret);
              },
            },
          )
        }
      />
      <Confirm
        open={asked === "disable"}
        onClose={close}
        title={`Disable ${nameOf(destination)}`}
        words={
          <p>
            Nothing is sent here any more, and what still waits for it is cancelled. Enabling it undoes this; what it
            missed can be sent then.
          </p>
        }
        action="Disable it"
        change={change}
        onConfirm={() => change.mutate({ params: { id }, body: { enabled: false } }, { onSuccess: close })}
      />
      <Confirm
        open={asked === "delete"}
        onClose={close}
        title={`Delete ${nameOf(destination)}`}
        words={
          <p>What still waits for it is cancelled. This cannot be undone; to stop alerts for a time, disable it.</p>
        }
        action="Delete it"
        look="danger"
        change={remove}
        onConfirm={() =>
          remove.mutate(
            { params: { id } },
            {
              onSuccess() {
                toast("The destination was deleted.");
                navigate("/alerts/destinations");
              },
            },
          )
        }
      />
      <WebhookSecret secret={secret} title="The new secret" onSaved={() => setSecret(undefined)} />
    </div>
  );
}
