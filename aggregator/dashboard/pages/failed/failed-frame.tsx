import type { ReactNode } from "react";
import { LinkTabs } from "../../parts/segments.tsx";
import { PageFrame } from "../../shell/page-frame.tsx";
import "./failed.css";

const TABS = [
  { href: "/failed-events", label: "Failed events" },
  { href: "/accounting", label: "Accounting" },
] as const;

interface FailedFrameProps {
  title: (typeof TABS)[number]["label"];
  words: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** Both pages that tell whether anything was lost lead to one another. */
export function FailedFrame({ title, words, actions, children }: FailedFrameProps) {
  const current = TABS.find(({ label }) => label === title)?.href ?? TABS[0].href;
  return (
    <PageFrame title={title} words={words} actions={actions}>
      <div className="failed-tabs">
        <LinkTabs label="Whether anything was lost" current={current} tabs={TABS} />
      </div>
      {children}
    </PageFrame>
  );
}
