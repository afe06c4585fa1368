import { useEffect, type ReactNode } from "react";
import { LinkTabs } from "../../parts/segments.tsx";
import { PageFrame } from "../../shell/page-frame.tsx";
import "./models-frame.css";

const TABS = [
  { href: "/models", label: "Now" },
  { href: "/models/versions", label: "Versions" },
  { href: "/models/drift", label: "Drift" },
  { href: "/models/training", label: "Training" },
  { href: "/models/releases", label: "Releases" },
] as const;

interface ModelsFrameProps {
  tab: (typeof TABS)[number]["label"];
  words?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** What all parts of the page have above them. */
export function ModelsFrame({ tab, words, actions, children }: ModelsFrameProps) {
  // After the frame's own, which knows the page and not the part.
  useEffect(() => {
    if (tab !== "Now") document.title = `${tab} · Models · PulseEcom`;
  }, [tab]);
  const current = TABS.find(({ label }) => label === tab)?.href ?? "/models";
  return (
    <PageFrame title="Models" words={words} actions={actions}>
      <div className="models-tabs">
        <LinkTabs label="Parts of models" current={current} tabs={TABS} />
      </div>
      {children}
    </PageFrame>
  );
}
