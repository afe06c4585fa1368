import type { RowOf } from "../../../api/client.ts";
import { Badge } from "../../../parts/badge.tsx";
import { Ago } from "../../../parts/figures.tsx";

export type Destination = RowOf<"/v1/webhooks">;
export type Kind = Destination["kind"];

export const KINDS: Record<Kind, { name: string; words: string }> = {
  webhook: { name: "Webhook", words: "An endpoint of your own; every request is signed." },
  slack: { name: "Slack", words: "A channel, by one of its incoming webhooks." },
  pagerduty: { name: "PagerDuty", words: "A service, by its integration key (Events API v2)." },
  email: { name: "E-mail", words: "By Resend, from a domain that it has verified." },
};

/** What it is called: its description, else where it leads. */
export function nameOf({ description, kind, url, to }: Destination): string {
  if (description !== null && description !== "") return description;
  if (kind === "email" && to !== undefined) return to.join(", ");
  return `${KINDS[kind].name}: ${hostOf(url)}`;
}

function hostOf(url: string): string {
  return URL.parse(url)?.host ?? url;
}

/** Whether alerts come through, in a word; the reason stands beside it where there is one. */
export function DestinationBadge({ destination }: { destination: Destination }) {
  const { enabled, disabled_reason, paused_until, failing_since, replay_since } = destination;
  if (!enabled) return <Badge tone="bad">{disabled_reason === null ? "Off" : "Disabled"}</Badge>;
  if (paused_until !== null) {
    return (
      <Badge tone="warn" dot>
        Paused
      </Badge>
    );
  }
  if (failing_since !== null) {
    return (
      <Badge tone="warn" dot>
        Failing
      </Badge>
    );
  }
  if (replay_since !== null) return <Badge tone="accent">Replaying</Badge>;
  return (
    <Badge tone="good" dot>
      On
    </Badge>
  );
}

/** What the state means and what is done about it. */
export function StateWords({ destination }: { destination: Destination }) {
  const { enabled, disabled_reason, disabled_at, paused_until, failing_since, replay_since } = destination;
  if (!enabled) {
    return (
      <>
        Nothing is sent here
        {disabled_reason === null ? "" : `: ${disabled_reason}`}
        {disabled_at === null ? null : (
          <>
            {" "}
            (<Ago at={disabled_at} />)
          </>
        )}
        . What is raised meanwhile can be sent later.
      </>
    );
  }
  if (paused_until !== null) {
    return (
      <>
        It failed too often in a row. The next attempt is made <Ago at={paused_until} />; one that succeeds brings the
        others. A test shows at once whether it is well again.
      </>
    );
  }
  if (failing_since !== null) {
    return (
      <>
        Failing since <Ago at={failing_since} />. What failed is tried again for a day; after five days without one
        success it is disabled.
      </>
    );
  }
  if (replay_since !== null) return <>What it missed is being sent again, 300 a minute.</>;
  return <>Alerts come through.</>;
}
