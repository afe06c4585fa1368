import { useEffect, type ReactNode } from "react";
import "./page-frame.css";

interface PageFrameProps {
  title: string;
  /** What the page tells, in a line. */
  words?: ReactNode;
  /** At the right of the title. */
  actions?: ReactNode;
  children: ReactNode;
}

/** A page: its heading, and what is below. Names the tab too. */
export function PageFrame({ title, words, actions, children }: PageFrameProps) {
  useEffect(() => {
    document.title = `${title} · PulseEcom`;
  }, [title]);
  return (
    <>
      <header className="page-head">
        <h1 className="grow">{title}</h1>
        {actions === undefined ? null : <div className="page-actions">{actions}</div>}
        {words === undefined ? null : <p className="soft">{words}</p>}
      </header>
      {children}
    </>
  );
}
