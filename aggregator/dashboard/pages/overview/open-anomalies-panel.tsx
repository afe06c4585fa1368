import { Link } from "wouter";
import { usePolling } from "../../api/live.tsx";
import { useGet } from "../../api/queries.ts";
import { LinkButton } from "../../parts/button.tsx";
import { Ago, Money, Score } from "../../parts/figures.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Empty, Loaded, SkeletonLines } from "../../parts/states.tsx";
import { codeWords } from "../../parts/words.ts";
import "./open-lists.css";

const SHOWN = 6;
const COUNTED = 100;

/** The newest that nobody has judged yet. */
export function OpenAnomaliesPanel() {
  const everyMs = usePolling();
  const open = useGet("/v1/anomalies", { query: { status: "open", limit: COUNTED } }, { everyMs });
  const count = open.data?.data.length;
  return (
    <Panel
      title="To be judged"
      note={count === undefined ? undefined : count === COUNTED ? `${COUNTED} or more` : count}
      flush
      className="open-list"
      actions={
        <LinkButton small look="quiet" href="/anomalies">
          Triage
        </LinkButton>
      }
    >
      <Loaded of={open} skeleton={<SkeletonLines lines={SHOWN} height={52} />}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty icon="check" title="Nothing to be judged">
              <p>Every anomaly so far has a verdict.</p>
            </Empty>
          ) : (
            <ul>
              {data.slice(0, SHOWN).map(({ id, created_at, event }) => (
                <li key={id}>
                  <Link href={`/anomalies/${id}`} className="open-line">
                    <Score score={event.assessment.score} threshold={0} />
                    <span className="grow">
                      <span className="open-title clip">
                        {event.assessment.reasons[0]?.detail ?? codeWords(event.name)}
                      </span>
                      <span className="small soft">
                        {codeWords(event.name)}
                        {event.value === undefined ? null : (
                          <>
                            {" · "}
                            <Money value={event.value} currency={event.currency} />
                          </>
                        )}
                        {" · "}
                        <Ago at={created_at} />
                      </span>
                    </span>
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
