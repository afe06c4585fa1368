import { Link } from "wouter";
import { LinkButton } from "../../parts/button.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Empty, Loaded, SkeletonLines } from "../../parts/states.tsx";
import { SeverityBadge } from "../insights/severity.tsx";
import { useInsights } from "../insights/use-insights.ts";
import "./open-lists.css";

const SHOWN = 5;

/** What matters most of the last day, in plain words. */
export function TopInsightsPanel() {
  const insights = useInsights("24h");
  return (
    <Panel
      title="Insights"
      note="24 h"
      flush
      className="open-list"
      actions={
        <LinkButton small look="quiet" href="/insights">
          All
        </LinkButton>
      }
    >
      <Loaded of={insights} skeleton={<SkeletonLines lines={SHOWN} height={58} />}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty icon="insights" title="Nothing stands out">
              <p>What differs from the usual more than by chance would stand here.</p>
            </Empty>
          ) : (
            <ul>
              {data.slice(0, SHOWN).map(({ id, severity, title }) => (
                <li key={id}>
                  <Link href={`/insights#${id}`} className="open-line">
                    <span className="open-wrap grow">{title}</span>
                    <SeverityBadge severity={severity} />
                  </Link>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}
