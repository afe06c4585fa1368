import { PageFrame } from "../../shell/page-frame.tsx";
import { FigureTiles } from "./figure-tiles.tsx";
import { MoversPanel } from "./movers-panel.tsx";
import { OpenAnomaliesPanel } from "./open-anomalies-panel.tsx";
import { OpenIncidentsPanel } from "./open-incidents-panel.tsx";
import { StreamPanel } from "./stream-panel.tsx";
import { TodayPanel } from "./today-panel.tsx";
import { TopInsightsPanel } from "./top-insights-panel.tsx";
import "./overview.css";

/** What happens in the shop now, and what in it is not as usual. */
export function OverviewPage() {
  return (
    <PageFrame title="Overview">
      <div className="overview">
        <FigureTiles />
        <TodayPanel />
        <StreamPanel />
        <OpenAnomaliesPanel />
        <OpenIncidentsPanel />
        <TopInsightsPanel />
        <MoversPanel />
      </div>
    </PageFrame>
  );
}
