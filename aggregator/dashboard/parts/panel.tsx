import { useId, type ReactNode } from "react";
import { classes } from "./button.tsx";
import "./panel.css";

interface PanelProps {
  title?: ReactNode;
  /** Beside the title, smaller. */
  note?: ReactNode;
  /** At the right of the title: buttons, links. */
  actions?: ReactNode;
  /** The content reaches the edges, as tables do. */
  flush?: boolean;
  className?: string;
  children: ReactNode;
}

/** A part of a page with a heading of its own. */
export function Panel({ title, note, actions, flush = false, className, children }: PanelProps) {
  const id = useId();
  return (
    <section className={classes("panel", className)} {...(title === undefined ? {} : { "aria-labelledby": id })}>
      {title === undefined ? null : (
        <header className="panel-head">
          <h2 id={id}>{title}</h2>
          {note === undefined ? null : <span className="panel-note">{note}</span>}
          {actions === undefined ? null : <div className="panel-actions">{actions}</div>}
        </header>
      )}
      <div className={flush ? "panel-flush" : "panel-body"}>{children}</div>
    </section>
  );
}
