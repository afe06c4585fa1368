import { useState } from "react";
import { Link } from "wouter";
import type { Answer } from "../../api/client.ts";
import { useGet } from "../../api/queries.ts";
import { Badge } from "../../parts/badge.tsx";
import { Bar, Time } from "../../parts/figures.tsx";
import { Segments } from "../../parts/segments.tsx";
import { Loaded, SkeletonLines } from "../../parts/states.tsx";
import { countryName, countWords, moneyWords, numberWords } from "../../parts/words.ts";
import { AmountStrip } from "./amount-strip.tsx";
import { entitiesOf, eventsLink, KIND_WORDS, type Entity } from "./entities.ts";
import type { ScoredEvent } from "./event-body.tsx";
import { Timeline } from "./timeline.tsx";
import "./customer-part.css";

type EntityAnswer = Answer<"get", "/v1/entities/{kind}/{key}">;

/** What those behind the event did around it: the customer, the device, the card, the network. */
export function CustomerPart({ event }: { event: ScoredEvent }) {
  const entities = entitiesOf(event);
  const [chosen, setChosen] = useState(entities[0]?.kind);
  const entity = entities.find(({ kind }) => kind === chosen);
  return (
    <section className="part">
      <h3>Behind it</h3>
      {entity === undefined ? (
        <p className="soft">The event names no customer, device, card or network: nothing can be shown around it.</p>
      ) : (
        <>
          <div className="row row-wrap entity-head">
            <Segments
              label="Whose history"
              value={entity.kind}
              onChange={(kind) => setChosen(kind)}
              options={entities.map(({ kind }) => ({ value: kind, label: KIND_WORDS[kind] }))}
            />
            <Link className="end small" href={eventsLink(entity)}>
              All its events
            </Link>
          </div>
          <History key={entity.kind} entity={entity} event={event} />
        </>
      )}
    </section>
  );
}

function History({ entity, event }: { entity: Entity; event: ScoredEvent }) {
  const answer = useGet("/v1/entities/{kind}/{key}", { params: entity });
  return (
    <Loaded of={answer} skeleton={<SkeletonLines lines={8} height={30} />}>
      {(data) => (
        <div className="history">
          <p className="soft">
            <b className="history-count number">{numberWords(data.events)}</b> event{data.events === 1 ? "" : "s"} since{" "}
            <Time at={data.first_at} form="day" />, {numberWords(data.anomalies)} of them anomalies
            {data.fraud === 0 ? "" : `, ${numberWords(data.fraud)} known as fraud`}
            {sumWords(data)}.
          </p>
          <AmountStrip event={event} around={data.timeline} />
          <Countries countries={data.countries} />
          <Timeline current={event.id} events={data.timeline} />
          <Related related={data.related} />
        </div>
      )}
    </Loaded>
  );
}

function sumWords({ money }: EntityAnswer): string {
  const paid = money.filter(({ name }) => name === "purchase");
  return paid.length === 0
    ? ""
    : `; ${paid.map(({ value, currency }) => moneyWords(value, currency)).join(" and ")} in orders`;
}

/** Where its events came from. Of one country alone there is nothing to see. */
function Countries({ countries }: { countries: EntityAnswer["countries"] }) {
  const rows = Object.entries(countries).toSorted(([, a], [, b]) => b - a);
  const total = rows.reduce((sum, [, count]) => sum + count, 0);
  if (rows.length < 2) return null;
  return (
    <ul className="countries" aria-label="Events by country">
      {rows.slice(0, 8).map(([code, count]) => (
        <li key={code} className="country">
          <span className="clip">{countryName(code)}</span>
          <Bar share={count / total} />
          <span className="number soft">{numberWords(count)}</span>
        </li>
      ))}
    </ul>
  );
}

const RELATED_SHOWN = 8;

/** With whom it shares events: cards tried by one device, devices of one customer. */
function Related({ related }: { related: EntityAnswer["related"] }) {
  const telling = related.toSorted((a, b) => b.anomalies - a.anomalies || b.events - a.events).slice(0, RELATED_SHOWN);
  if (telling.length === 0) return null;
  return (
    <div>
      <p className="small soft related-title">Shares events with</p>
      <ul className="related">
        {telling.map(({ kind, key, events, anomalies }) => (
          <li key={`${kind}:${key}`} className="related-line">
            <span className="soft">{KIND_WORDS[kind]}</span>
            <Link href={eventsLink({ kind, key })} className="mono clip">
              {key}
            </Link>
            <span className="number soft">{numberWords(events)}</span>
            {anomalies === 0 ? <span /> : <Badge tone="warn">{countWords(anomalies, "anomaly", "anomalies")}</Badge>}
          </li>
        ))}
      </ul>
    </div>
  );
}
