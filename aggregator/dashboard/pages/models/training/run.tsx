import type { Answer, RowOf } from "../../../api/client.ts";
import { Badge, type Tone } from "../../../parts/badge.tsx";

export type Run = RowOf<"/v1/training-runs">;
export type WholeRun = Answer<"get", "/v1/training-runs/{id}">;

const STATUSES: Record<Run["status"], { name: string; tone: Tone; words: string }> = {
  queued: { name: "Waiting", tone: "neutral", words: "It begins as soon as there is room." },
  running: { name: "Running", tone: "accent", words: "It goes on by itself; this page follows it." },
  released: { name: "Released", tone: "good", words: "What it made decides." },
  kept: { name: "Kept out", tone: "warn", words: "What it made is kept and does not decide." },
  dry_run_done: { name: "Dry run done", tone: "good", words: "Nothing was kept or released." },
  failed: { name: "Failed", tone: "bad", words: "Nothing was changed." },
};

export function RunBadge({ run: { status } }: { run: Pick<Run, "status"> }) {
  const { name, tone } = STATUSES[status];
  return (
    <Badge tone={tone} dot={isUnderWay({ status })}>
      {name}
    </Badge>
  );
}

export function runWords({ status }: Pick<Run, "status">): string {
  return STATUSES[status].words;
}

export function isUnderWay({ status }: Pick<Run, "status">): boolean {
  return status === "queued" || status === "running";
}

const TRIGGERS: Record<Run["trigger"], string> = { schedule: "Weekly", request: "By hand", drift: "By drift" };

export function triggerWords({ trigger, dry_run }: Run): string {
  return dry_run ? `${TRIGGERS[trigger]}, dry run` : TRIGGERS[trigger];
}

export const FINDINGS: Record<Run["findings"][number]["code"], string> = {
  too_few_rows: "Too few events",
  drift_stop: "Events have moved too far",
  poisoned_window: "Somebody may be teaching it",
  alert_rate: "It would alert too much or too little",
  recall_lost: "It finds less of what was confirmed",
  not_verified: "Its files do not verify",
  champion_changed: "Another was released meanwhile",
};
