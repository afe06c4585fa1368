import { useEffect, useRef } from "react";
import { Link } from "wouter";
import { Badge } from "../../parts/badge.tsx";
import { classes } from "../../parts/button.tsx";
import { Ago, Money, Score } from "../../parts/figures.tsx";
import { codeWords } from "../../parts/words.ts";
import { useKeepSearch } from "../../shell/url-state.ts";
import type { Anomaly } from "./queue-filters.ts";
import type { Label } from "./verdicts.ts";
import "./queue.css";

interface QueueProps {
  rows: readonly Anomaly[];
  /** The row that keys act on. */
  cursor: string | undefined;
  selected: ReadonlySet<string>;
  pending: ReadonlyMap<string, Label | null>;
  onToggle(id: string): void;
}

/** Anomalies to be gone through, newest first. */
export function Queue({ rows, cursor, selected, pending, onToggle }: QueueProps) {
  return (
    <ul className="queue" aria-label="Anomalies, newest first">
      {rows.map((row) => (
        <QueueRow
          key={row.id}
          row={row}
          isCursor={row.id === cursor}
          isSelected={selected.has(row.id)}
          verdict={verdictOn(row, pending)}
          onToggle={onToggle}
        />
      ))}
    </ul>
  );
}

/** What was said of it last, also when that is still on its way. */
export function verdictOn(
  { id, status }: Pick<Anomaly, "id" | "status">,
  pending: ReadonlyMap<string, Label | null>,
): Label | undefined {
  const said = pending.get(id);
  if (said !== undefined) return said ?? undefined;
  return status === "open" ? undefined : status;
}

interface QueueRowProps {
  row: Anomaly;
  isCursor: boolean;
  isSelected: boolean;
  verdict: Label | undefined;
  onToggle(id: string): void;
}

function QueueRow({ row: { id, event }, isCursor, isSelected, verdict, onToggle }: QueueRowProps) {
  const keepSearch = useKeepSearch();
  const element = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isCursor) element.current?.scrollIntoView({ block: "nearest" });
  }, [isCursor]);
  const { name, value, currency, timestamp, assessment, signals, user_id } = event;
  const title = assessment.reasons[0]?.detail ?? codeWords(name);
  return (
    <li ref={element} className={classes("queue-row", isCursor && "queue-cursor", isSelected && "queue-selected")}>
      <label className="queue-check">
        <input type="checkbox" checked={isSelected} onChange={() => onToggle(id)} />
        <span className="unseen">Select: {title}</span>
      </label>
      <Link href={keepSearch(`/anomalies/${id}`)} className="queue-link" aria-current={isCursor ? "true" : undefined}>
        <span className="queue-top">
          <Score score={assessment.score} threshold={0} />
          <span className="queue-kind clip">{codeWords(name)}</span>
          {verdict === undefined ? null : <VerdictBadge label={verdict} />}
          <span className="queue-amount">
            {value === undefined ? null : <Money value={value} currency={currency} />}
          </span>
        </span>
        <span className="queue-title">{title}</span>
        <span className="queue-more">
          <Ago at={timestamp} />
          {signals.country === undefined ? null : <span>{signals.country}</span>}
          {user_id === undefined ? null : <span className="clip mono">{user_id}</span>}
        </span>
      </Link>
    </li>
  );
}

export function VerdictBadge({ label }: { label: Label }) {
  return label === "confirmed" ? <Badge tone="bad">Confirmed</Badge> : <Badge>Dismissed</Badge>;
}
