import { useState } from "react";
import { fieldError } from "../../../api/problem.ts";
import { useChange } from "../../../api/queries.ts";
import { Confirm } from "../../../parts/confirm.tsx";
import { TextField } from "../../../parts/field.tsx";
import { instantOf, localOf } from "../../../parts/local-time.ts";
import { toast } from "../../../parts/toast.tsx";
import { numberWords } from "../../../parts/words.ts";
import type { Destination } from "./destination.tsx";

interface ReplayMissedProps {
  open: boolean;
  onClose(): void;
  destination: Destination;
}

const DAY_MS = 86_400_000;

/** Sends everything that was given up or cancelled since a time. */
export function ReplayMissed({ open, onClose, destination: { id, failing_since, disabled_at } }: ReplayMissedProps) {
  const [since, setSince] = useState(() =>
    localOf(failing_since ?? disabled_at ?? new Date(Date.now() - DAY_MS).toISOString()),
  );
  const replay = useChange("post", "/v1/webhooks/{id}/replay", ["/v1/webhooks"]);
  const instant = instantOf(since);
  const run = () =>
    replay.mutate(
      { params: { id }, body: { since: instant ?? "" } },
      {
        onSuccess({ deliveries }) {
          toast(deliveries === 0 ? "It missed nothing since then." : `${numberWords(deliveries)} are sent again.`);
          onClose();
        },
      },
    );
  return (
    <Confirm
      open={open}
      onClose={() => {
        replay.reset();
        onClose();
      }}
      title="Replay what was missed"
      words={
        <p>
          Everything that was given up or cancelled since then is sent again, oldest first, 300 a minute, under the ids
          it had: a receiver that knows an id may pass it over. Tests are left out.
        </p>
      }
      action="Send it again"
      disabledBecause={instant === null ? "Choose a time first." : undefined}
      change={replay}
      onConfirm={run}
    >
      <TextField
        label="Since (local time)"
        type="datetime-local"
        value={since}
        onChange={(event) => setSince(event.currentTarget.value)}
        error={fieldError(replay.error, "since")}
      />
    </Confirm>
  );
}
