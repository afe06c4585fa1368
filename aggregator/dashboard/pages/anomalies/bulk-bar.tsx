import { Button } from "../../parts/button.tsx";
import type { Label } from "./verdicts.ts";
import "./bulk-bar.css";

interface BulkBarProps {
  count: number;
  of: number;
  onJudge(label: Label): void;
  onAll(): void;
  onNone(): void;
}

/** What can be done with all that are selected. */
export function BulkBar({ count, of, onJudge, onAll, onNone }: BulkBarProps) {
  return (
    <div className="bulk-bar" role="toolbar" aria-label="Selected anomalies">
      <span className="number" role="status">
        {count} selected
      </span>
      <Button small icon="check" needs="operator" onClick={() => onJudge("confirmed")} hint="c">
        Confirm
      </Button>
      <Button small icon="dismiss" needs="operator" onClick={() => onJudge("dismissed")} hint="d">
        Dismiss
      </Button>
      {count < of ? (
        <Button small look="quiet" onClick={onAll}>
          Select all {of}
        </Button>
      ) : null}
      <Button small look="quiet" onClick={onNone}>
        Clear
      </Button>
    </div>
  );
}
