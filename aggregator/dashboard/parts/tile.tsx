import type { ReactNode } from "react";
import { Badge, type Tone } from "./badge.tsx";
import { Skeleton } from "./states.tsx";
import { changeWords } from "./words.ts";
import "./tile.css";

interface TileProps {
  label: string;
  /** Undefined while it is read. */
  value: ReactNode;
  /** Against what was before, 0.1 for a tenth more; null where that cannot be told. */
  change?: number | null | undefined;
  /** Which way is good news; neither when missing. */
  good?: "up" | "down";
  /** What the change is against, and whatever else stands below. */
  note?: ReactNode;
  /** A shape below, such as a sparkline. */
  children?: ReactNode;
}

/** One figure, large. */
export function Tile({ label, value, change, good, note, children }: TileProps) {
  return (
    <div className="tile" role="group" aria-label={label}>
      <p className="tile-label">{label}</p>
      <p className="tile-value number">
        {value === undefined ? <Skeleton width={90} height={26} /> : value}
        {change === undefined || change === null ? null : (
          <Badge tone={toneOf(change, good)}>{changeWords(change)}</Badge>
        )}
      </p>
      <p className="tile-note">{note ?? " "}</p>
      {children === undefined ? null : <div className="tile-shape">{children}</div>}
    </div>
  );
}

/** By how much something must differ before it is news at all. */
const NEWS = 0.02;

function toneOf(change: number, good: TileProps["good"]): Tone {
  if (good === undefined || Math.abs(change) < NEWS) return "neutral";
  return change > 0 === (good === "up") ? "good" : "bad";
}
