import { useState } from "react";
import { fieldError } from "../../../api/problem.ts";
import { useMay } from "../../../api/me.ts";
import { useChange } from "../../../api/queries.ts";
import { Button } from "../../../parts/button.tsx";
import { Confirm } from "../../../parts/confirm.tsx";
import { TextField } from "../../../parts/field.tsx";
import { instantOf } from "../../../parts/local-time.ts";
import { Menu, MenuItem, MenuLine, MenuWords } from "../../../parts/menu.tsx";
import { toast } from "../../../parts/toast.tsx";
import type { Rule } from "./rule.ts";

const HOUR_MS = 3_600_000;
const SPANS = [
  { words: "For 1 hour", ms: HOUR_MS },
  { words: "For 4 hours", ms: 4 * HOUR_MS },
  { words: "For 1 day", ms: 24 * HOUR_MS },
];

/** Silences a rule for a time, or ends that. */
export function SilenceMenu({ rule: { id, name, silenced_until } }: { rule: Rule }) {
  const { reason } = useMay("operator");
  const silence = useChange("post", "/v1/alert-rules/{id}/silence", ["/v1/alert-rules"]);
  const [isChoosing, setChoosing] = useState(false);
  const [until, setUntil] = useState("");
  const instant = instantOf(until);
  const run = (end: string | null) =>
    silence.mutate(
      { params: { id }, body: { until: end } },
      {
        onSuccess() {
          setChoosing(false);
          toast(
            end === null ? `“${name}” alerts again.` : `“${name}” is silent. What it would have sent is on record.`,
          );
        },
        onError: (error) => isChoosing || toast(`It was not silenced: ${error.message}`, { tone: "bad" }),
      },
    );
  return (
    <>
      <Menu
        label={`Silence ${name}`}
        button={
          <Button small icon="clock" busy={silence.isPending} aria-label={`Silence ${name}`}>
            Silence
          </Button>
        }
      >
        {reason === undefined ? null : (
          <MenuWords>
            <span className="small soft">{reason}</span>
          </MenuWords>
        )}
        {SPANS.map(({ words, ms }) => (
          <MenuItem
            key={words}
            icon="clock"
            disabledBecause={reason}
            onSelect={() => run(new Date(Date.now() + ms).toISOString())}
          >
            {words}
          </MenuItem>
        ))}
        <MenuItem icon="clock" disabledBecause={reason} onSelect={() => setChoosing(true)}>
          Until …
        </MenuItem>
        {silenced_until === null ? null : (
          <>
            <MenuLine />
            <MenuItem icon="alerts" disabledBecause={reason} onSelect={() => run(null)}>
              End the silence
            </MenuItem>
          </>
        )}
      </Menu>
      <Confirm
        open={isChoosing}
        onClose={() => setChoosing(false)}
        title={`Silence “${name}”`}
        words={<p>Nothing is sent until then. What it would have sent is on record under Alerts as silenced.</p>}
        action="Silence it"
        disabledBecause={instant === null ? "Choose a time first." : undefined}
        change={silence}
        onConfirm={() => run(instant)}
      >
        <TextField
          label="Until (local time)"
          type="datetime-local"
          value={until}
          onChange={(event) => setUntil(event.currentTarget.value)}
          error={fieldError(silence.error, "until")}
        />
      </Confirm>
    </>
  );
}
