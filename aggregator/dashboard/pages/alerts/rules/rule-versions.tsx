import { useList } from "../../../api/queries.ts";
import { Badge } from "../../../parts/badge.tsx";
import { Ago } from "../../../parts/figures.tsx";
import { Pager } from "../../../parts/pager.tsx";
import { Panel } from "../../../parts/panel.tsx";
import { Loaded, SkeletonLines } from "../../../parts/states.tsx";
import { codeWords } from "../../../parts/words.ts";
import { conditionWords, groupingWords } from "./rule.ts";

/** What a rule was before, and who made it so. */
export function RuleVersions({ id }: { id: string }) {
  const list = useList("/v1/alert-rules/{id}/versions", { params: { id } });
  return (
    <Panel title="Versions" flush>
      <Loaded of={list} skeleton={<SkeletonLines lines={3} height={60} />}>
        {() => (
          <ol className="rule-versions">
            {list.rows.map(({ action, at, by, rule }) => (
              <li key={`${at} ${action}`}>
                <div className="row row-wrap">
                  <Badge tone={action === "deleted" ? "bad" : "neutral"}>{codeWords(action)}</Badge>
                  {rule === null ? null : <b>Version {rule.version}</b>}
                  <span className="small soft">
                    <Ago at={at} /> by <code>{by}</code>
                  </span>
                </div>
                {rule === null ? null : (
                  <p className="small soft">
                    {rule.enabled ? "" : "Off · "}
                    {[...conditionWords(rule.conditions), groupingWords(rule)].join(" · ")}
                  </p>
                )}
              </li>
            ))}
          </ol>
        )}
      </Loaded>
      <Pager shown={list.rows.length} of="versions" list={list} />
    </Panel>
  );
}
