import { Link } from "wouter";
import { useChange, useGet } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { toast } from "../../parts/toast.tsx";
import { DeliveryBadge, type Alert } from "./alert.tsx";
import { nameOf } from "./destinations/destination.tsx";

interface AlertDeliveriesProps {
  deliveries: Alert["deliveries"];
  isSilenced: boolean;
}

/** Where an alert went, and sending it there again. */
export function AlertDeliveries({ deliveries, isSilenced }: AlertDeliveriesProps) {
  const webhooks = useGet("/v1/webhooks", { query: { limit: 100 } });
  const known = new Map((webhooks.data?.data ?? []).map((webhook) => [webhook.id, webhook]));
  return (
    <section>
      <h3>Deliveries</h3>
      {deliveries.length === 0 ? (
        <p className="soft">
          {isSilenced ? "None: its rule was silenced." : "None: no destination wanted it when it was raised."}
        </p>
      ) : null}
      <ul>
        {deliveries.map(({ id, webhook_id, status }) => {
          const webhook = known.get(webhook_id);
          return (
            <li key={id} className="alert-delivery">
              <Link href={`/alerts/destinations/${webhook_id}?delivery=${id}`} className="grow clip">
                {webhook === undefined ? webhook_id : nameOf(webhook)}
              </Link>
              <DeliveryBadge status={status} />
              <ReplayButton id={id} status={status} />
            </li>
          );
        })}
      </ul>
    </section>
  );
}

interface ReplayButtonProps {
  id: string;
  status: Alert["deliveries"][number]["status"];
}

/** Sends what was delivered, given up or cancelled once more, under the id it had. */
export function ReplayButton({ id, status }: ReplayButtonProps) {
  const replay = useChange("post", "/v1/deliveries/{id}/replay", ["/v1/alerts", "/v1/webhooks"]);
  const run = () =>
    replay.mutate(
      { params: { id } },
      {
        onSuccess: (delivery) =>
          delivery.status === "delivered"
            ? toast("Replayed: it was delivered.")
            : toast("It failed again. More attempts follow as for any alert.", { tone: "bad" }),
        onError: (error) => toast(`It was not replayed: ${error.message}`, { tone: "bad" }),
      },
    );
  return (
    <Button
      small
      icon="refresh"
      needs="operator"
      busy={replay.isPending}
      disabledBecause={status === "pending" ? "Its attempts are still under way." : undefined}
      onClick={run}
    >
      Replay
    </Button>
  );
}
