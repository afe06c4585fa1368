import { useEffect, type ReactNode } from "react";
import { LinkTabs } from "../../parts/segments.tsx";
import { PageFrame } from "../../shell/page-frame.tsx";
import "./alerts-frame.css";

const TABS = [
  { href: "/alerts", label: "Alerts" },
  { href: "/alerts/destinations", label: "Destinations" },
  { href: "/alerts/rules", label: "Rules" },
  { href: "/alerts/detection", label: "Detection" },
  { href: "/alerts/lists", label: "Lists" },
  { href: "/alerts/calendar", label: "Calendar" },
] as const;

interface AlertsFrameProps {
  tab: (typeof TABS)[number]["label"];
  /** What this part is for, in a line. */
  words?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** What all parts of the page have above them. */
export function AlertsFrame({ tab, words, actions, children }: AlertsFrameProps) {
  // After the frame's own, which knows the page and not the part.
  useEffect(() => {
    if (tab !== "Alerts") document.title = `${tab} · Alerts · PulseEcom`;
  }, [tab]);
  const current = TABS.find(({ label }) => label === tab)?.href ?? "/alerts";
  return (
    <PageFrame title="Alerts" words={words} actions={actions}>
      <div className="alerts-tabs">
        <LinkTabs label="Parts of alerts" current={current} tabs={TABS} />
      </div>
      {children}
    </PageFrame>
  );
}
