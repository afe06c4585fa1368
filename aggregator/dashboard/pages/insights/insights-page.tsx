import { Panel } from "../../parts/panel.tsx";
import { Time } from "../../parts/figures.tsx";
import { Segments } from "../../parts/segments.tsx";
import { Empty, Loaded, SkeletonLines } from "../../parts/states.tsx";
import { PageFrame } from "../../shell/page-frame.tsx";
import { useUrlState } from "../../shell/url-state.ts";
import { FindingCard } from "./finding-card.tsx";
import { useInsights, WINDOWS, type InsightsAnswer } from "./use-insights.ts";
import "./insights.css";

const TRAFFIC = [
  { value: "all", label: "All traffic" },
  { value: "trusted", label: "Trusted" },
] as const;

/** What differs from the usual more than by chance, what matters most first. */
export function InsightsPage() {
  const [asked, set] = useUrlState({ window: "24h", traffic: "all" });
  const window = WINDOWS.find(({ value }) => value === asked.window)?.value ?? "24h";
  const traffic = asked.traffic === "trusted" ? "trusted" : "all";
  const insights = useInsights(window, traffic);
  return (
    <PageFrame
      title="Insights"
      actions={
        <>
          <Segments label="Traffic" value={traffic} onChange={(next) => set({ traffic: next })} options={TRAFFIC} />
          <Segments label="Window" value={window} onChange={(next) => set({ window: next })} options={WINDOWS} />
        </>
      }
    >
      <Loaded
        of={insights}
        skeleton={
          <Panel>
            <SkeletonLines lines={12} />
          </Panel>
        }
      >
        {(answer) => <Findings answer={answer} />}
      </Loaded>
    </PageFrame>
  );
}

function Findings({ answer }: { answer: InsightsAnswer }) {
  const { data, window } = answer;
  return (
    <div className="findings">
      <p className="soft">
        <Time at={window.from} /> – <Time at={window.to} />. {baselineWords(answer)}
      </p>
      {data.length === 0 ? (
        <Panel>
          <Empty icon="insights" title="Nothing stands out">
            <p>
              {answer.baseline.kind === "none"
                ? "There is no earlier time yet to compare with. Findings begin with the second day."
                : "Everything lies within what chance and the usual ups and downs explain."}
            </p>
          </Empty>
        </Panel>
      ) : (
        data.map((finding) => <FindingCard key={finding.id} finding={finding} currency={answer.currency} />)
      )}
    </div>
  );
}

function baselineWords({ baseline: { kind, weeks, occasions } }: InsightsAnswer): string {
  switch (kind) {
    case "hour_of_week":
      return `Usual is what the same hours of the last ${weeks} weeks were like.`;
    case "hour_of_day":
      return `Usual is what the same hours of the last ${occasions} days were like.`;
    case "day_before":
      return "Compared with the day before, as little more is known.";
    case "none":
    default:
      return "There is nothing to compare with yet.";
  }
}
