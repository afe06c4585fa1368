import type { RowOf } from "../../../api/client.ts";
import { useList } from "../../../api/queries.ts";
import { Ago } from "../../../parts/figures.tsx";
import { Pager } from "../../../parts/pager.tsx";
import { Panel } from "../../../parts/panel.tsx";
import { Empty, Loaded, SkeletonLines } from "../../../parts/states.tsx";
import { codeWords, numberWords } from "../../../parts/words.ts";

type Version = RowOf<"/v1/detection-settings/history">;

/** Who set what, and what it came to. */
export function SettingsHistory() {
  const list = useList("/v1/detection-settings/history", {});
  return (
    <Panel title="Versions" flush>
      <Loaded of={list} skeleton={<SkeletonLines lines={3} height={60} />}>
        {() =>
          list.rows.length === 0 ? (
            <Empty icon="clock" title="Nothing was ever set">
              <p>Everything is as deployed.</p>
            </Empty>
          ) : (
            <ol className="settings-history">
              {list.rows.map((version) => (
                <li key={version.version}>
                  <div className="row row-wrap">
                    <b>Version {version.version}</b>
                    <span className="small soft">
                      <Ago at={version.set_at} /> by{" "}
                      {version.set_by === null ? "the calibration" : <code>{version.set_by}</code>}
                    </span>
                  </div>
                  <p className="small soft">{words(version)}</p>
                </li>
              ))}
            </ol>
          )
        }
      </Loaded>
      <Pager shown={list.rows.length} of="versions" list={list} />
    </Panel>
  );
}

function words({ effective, rules }: Version): string {
  const numbers = Object.entries(rules).map(([name, value]) => `${codeWords(name)} ${numberWords(value)}`);
  return [`Threshold ${effective.threshold ?? "as deployed"}, ${effective.reason}`, ...numbers].join(" · ");
}
