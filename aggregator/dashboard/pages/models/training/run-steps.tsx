import { classes } from "../../../parts/button.tsx";
import { Icon } from "../../../parts/icon.tsx";
import { codeWords, spanWords } from "../../../parts/words.ts";
import { useNow } from "../../../shell/clock.ts";
import { isUnderWay, type WholeRun } from "./run.tsx";

const SECOND_MS = 1_000;

/** Steps begun so far; the last of a run that goes on is under way. */
export function RunSteps({ run }: { run: WholeRun }) {
  const nowMs = useNow(SECOND_MS);
  if (run.steps.length === 0) {
    return <p className="soft">{isUnderWay(run) ? "None has begun yet." : "None was begun."}</p>;
  }
  return (
    <ol className="run-steps">
      {run.steps.map(({ name, started_at, finished_at }) => {
        const isOpen = finished_at === null;
        const isBroken = isOpen && !isUnderWay(run);
        const endMs = finished_at === null ? nowMs : Date.parse(finished_at);
        return (
          <li key={name} className={classes("run-step", isOpen && "run-step-open", isBroken && "run-step-broken")}>
            <Icon name={isBroken ? "close" : isOpen ? "clock" : "check"} />
            <span className="grow">{codeWords(name)}</span>
            <span className="small soft number">
              {isBroken ? "broke off" : msWords(Math.max(0, endMs - Date.parse(started_at)))}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

function msWords(ms: number): string {
  return ms < SECOND_MS ? `${Math.round(ms)} ms` : spanWords(ms);
}
