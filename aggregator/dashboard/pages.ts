import { lazy, type ComponentType } from "react";
import type { Role } from "./api/me.ts";
import type { IconName } from "./parts/icon.tsx";

export interface Page {
  /** Where its parts are, as wouter writes paths; the first part alone is where the navigation leads. */
  path: string;
  title: string;
  icon: IconName;
  /** Pressed after `g`, it goes there. */
  key: string;
  group: "Watch" | "Understand" | "Operate";
  /** The least role that its routes need. */
  needs: Role;
  view: ComponentType;
}

/** Loaded when it is first gone to. */
function page<Name extends string>(name: Name, load: () => Promise<Record<Name, ComponentType>>): ComponentType {
  return lazy(async (): Promise<{ default: ComponentType }> => ({ default: (await load())[name] }));
}

/** Every page, in the order of the navigation. The first is where one begins. */
export const PAGES: readonly Page[] = [
  {
    path: "/overview",
    title: "Overview",
    icon: "overview",
    key: "o",
    group: "Watch",
    needs: "analyst",
    view: page("OverviewPage", () => import("./pages/overview/overview-page.tsx")),
  },
  {
    path: "/anomalies/:id?",
    title: "Anomalies",
    icon: "anomalies",
    key: "a",
    group: "Watch",
    needs: "analyst",
    view: page("AnomaliesPage", () => import("./pages/anomalies/anomalies-page.tsx")),
  },
  {
    path: "/incidents/:id?",
    title: "Incidents",
    icon: "incident",
    key: "n",
    group: "Watch",
    needs: "analyst",
    view: page("IncidentsPage", () => import("./pages/incidents/incidents-page.tsx")),
  },
  {
    path: "/alerts/:part?/:id?",
    title: "Alerts",
    icon: "alerts",
    key: "l",
    group: "Watch",
    needs: "analyst",
    view: page("AlertsPage", () => import("./pages/alerts/alerts-page.tsx")),
  },
  {
    path: "/figures",
    title: "Metrics",
    icon: "explore",
    key: "m",
    group: "Understand",
    needs: "analyst",
    view: page("FiguresPage", () => import("./pages/figures/figures-page.tsx")),
  },
  {
    path: "/events/:id?",
    title: "Events",
    icon: "search",
    key: "e",
    group: "Understand",
    needs: "analyst",
    view: page("EventsPage", () => import("./pages/events/events-page.tsx")),
  },
  {
    path: "/insights",
    title: "Insights",
    icon: "insights",
    key: "i",
    group: "Understand",
    needs: "analyst",
    view: page("InsightsPage", () => import("./pages/insights/insights-page.tsx")),
  },
  {
    path: "/quality",
    title: "Data quality",
    icon: "quality",
    key: "q",
    group: "Understand",
    needs: "analyst",
    view: page("QualityPage", () => import("./pages/quality/quality-page.tsx")),
  },
  {
    path: "/models/:part?/:id?",
    title: "Models",
    icon: "models",
    key: "d",
    group: "Operate",
    needs: "analyst",
    view: page("ModelsPage", () => import("./pages/models/models-page.tsx")),
  },
  {
    path: "/failed-events/:id?",
    title: "Failed events",
    icon: "failed",
    key: "f",
    group: "Operate",
    needs: "analyst",
    view: page("FailedPage", () => import("./pages/failed/failed-page.tsx")),
  },
  {
    path: "/accounting",
    title: "Accounting",
    icon: "table",
    key: "c",
    group: "Operate",
    needs: "analyst",
    view: page("AccountingPage", () => import("./pages/failed/accounting-page.tsx")),
  },
  {
    path: "/keys/:id?",
    title: "Keys",
    icon: "keys",
    key: "k",
    group: "Operate",
    needs: "admin",
    view: page("KeysPage", () => import("./pages/keys/keys-page.tsx")),
  },
];

/** Short addresses that links of the API use, and where what they mean is shown. */
export const MOVED = [
  { from: "/lists", to: "/alerts/lists" },
  { from: "/calendar", to: "/alerts/calendar" },
] as const;

/** Where the navigation leads for a page. */
export function homeOf({ path }: Page): string {
  return `/${path.split("/")[1] ?? ""}`;
}
