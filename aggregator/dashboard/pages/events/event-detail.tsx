import { useGet } from "../../api/queries.ts";
import { LinkButton } from "../../parts/button.tsx";
import { Copyable } from "../../parts/copy.tsx";
import { Ago, Money, Score, Time } from "../../parts/figures.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Loaded, SkeletonLines } from "../../parts/states.tsx";
import { codeWords } from "../../parts/words.ts";
import { PageFrame } from "../../shell/page-frame.tsx";
import { useKeepSearch } from "../../shell/url-state.ts";
import { EventBody } from "./event-body.tsx";

/** One event with all that was made of it. */
export function EventDetail({ id }: { id: string }) {
  const event = useGet("/v1/events/{id}", { params: { id } });
  const keepSearch = useKeepSearch();
  return (
    <PageFrame
      title="Event"
      words={<Copyable text={id} label="Copy the id" />}
      actions={
        <>
          {event.data?.assessment.anomaly ? (
            <LinkButton href={`/anomalies/ano_${id}?status=all`}>Its anomaly</LinkButton>
          ) : null}
          <LinkButton icon="left" href={keepSearch("/events")}>
            All events
          </LinkButton>
        </>
      }
    >
      <Panel flush className="event-panel">
        <Loaded of={event} skeleton={<SkeletonLines lines={14} />}>
          {(data) => (
            <>
              <p className="event-head row row-wrap">
                <Score score={data.assessment.score} threshold={data.assessment.threshold} />
                <b>{codeWords(data.name)}</b>
                {data.value === undefined ? null : <Money value={data.value} currency={data.currency} />}
                <span className="soft">
                  <Time at={data.timestamp} /> (<Ago at={data.timestamp} />)
                </span>
              </p>
              <EventBody event={data} />
            </>
          )}
        </Loaded>
      </Panel>
    </PageFrame>
  );
}
