import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { Link } from "wouter";
import { request, type Answer } from "../../../api/client.ts";
import type { RequestFailed } from "../../../api/problem.ts";
import { Chart } from "../../../parts/chart.tsx";
import { Score, Time } from "../../../parts/figures.tsx";
import { Panel } from "../../../parts/panel.tsx";
import { Segments } from "../../../parts/segments.tsx";
import { Empty, ErrorBox, SkeletonLines } from "../../../parts/states.tsx";
import { numberWords, shortNumber } from "../../../parts/words.ts";
import { useNow } from "../../../shell/clock.ts";
import type { RuleBody } from "./rule.ts";
import "./rule-preview.css";

type Preview = Answer<"post", "/v1/alert-rules/preview">;

/** Typing goes on within this time; asking at each key would be in vain. */
const SETTLED_MS = 400;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const SPANS = [
  { value: "7", label: "7 d" },
  { value: "14", label: "14 d" },
  { value: "31", label: "31 d" },
] as const;

interface RulePreviewProps {
  body: RuleBody;
  /** Told what the API refuses, so that fields can say it before anything is saved. */
  onRefused(error: RequestFailed | null): void;
}

/** What the rule in the form would have raised over the last days. */
export function RulePreview({ body, onRefused }: RulePreviewProps) {
  const [days, setDays] = useState<(typeof SPANS)[number]["value"]>("7");
  const toMs = Math.ceil(useNow(HOUR_MS) / HOUR_MS) * HOUR_MS;
  const asked = useSettled(
    JSON.stringify({
      ...body,
      name: body.name === "" ? "Preview" : body.name,
      from: new Date(toMs - Number(days) * DAY_MS).toISOString(),
      to: new Date(toMs).toISOString(),
    }),
  );
  const preview = useQuery<Preview, RequestFailed>({
    queryKey: ["/v1/alert-rules/preview", asked],
    // As it was written above.
    queryFn: ({ signal }) =>
      request("post", "/v1/alert-rules/preview", { body: JSON.parse(asked) as RuleBody }, signal),
    placeholderData: keepPreviousData,
  });
  const { error } = preview;
  useEffect(() => onRefused(error), [error, onRefused]);
  return (
    <Panel
      title="What it would have raised"
      className="rule-preview"
      actions={<Segments label="Over the last" value={days} onChange={(next) => setDays(next)} options={SPANS} />}
    >
      {preview.error !== null ? (
        preview.error.status === 422 ? (
          <Empty icon="info" title="A field does not hold">
            <p>{preview.error.errors.map(({ pointer, detail }) => `${pointer.slice(1)} ${detail}`).join("; ")}</p>
          </Empty>
        ) : (
          <ErrorBox error={preview.error} retry={() => void preview.refetch()} />
        )
      ) : preview.data === undefined ? (
        <SkeletonLines lines={10} />
      ) : (
        <Raised preview={preview.data} />
      )}
    </Panel>
  );
}

function Raised({ preview }: { preview: Preview }) {
  const { from, to, cut, anomalies, matched, alerts, digests, in_digests, per_day, examples } = preview;
  const days = Math.max(1, (Date.parse(to) - Date.parse(from)) / DAY_MS);
  return (
    <div className="stack">
      <p role="status" className="preview-words">
        <b>
          {numberWords(alerts + digests)} {alerts + digests === 1 ? "alert" : "alerts"}
        </b>
        , about {numberWords((alerts + digests) / days)} a day, of {numberWords(matched)} matching anomalies out of{" "}
        {numberWords(anomalies)}.
        {digests === 0
          ? ""
          : ` Of these ${numberWords(digests)} are digests, which alone tell of ${numberWords(in_digests)}.`}
        {cut ? " There were more anomalies than a preview looks at: this is of the first ones." : ""}
      </p>
      <PreviewChart from={from} to={to} perDay={per_day} />
      {examples.length === 0 ? (
        <Empty icon="filter" title="It would have raised nothing">
          <p>{anomalies === 0 ? "There was no anomaly in this time." : "Ask for less, or look further back."}</p>
        </Empty>
      ) : (
        <section>
          <h3 className="preview-head">The first of them</h3>
          <ul>
            {examples.slice(0, 8).map(({ opened_at, title, group, anomalies: count, top_score, event_ids }) => (
              <li key={`${opened_at} ${title} ${group ?? ""}`} className="preview-example">
                <Score score={top_score} threshold={0} />
                <span className="grow">
                  {event_ids[0] === undefined ? title : <Link href={`/events/${event_ids[0]}`}>{title}</Link>}
                  <span className="small soft preview-group">
                    {count === 1 ? "" : `${numberWords(count)} anomalies · `}
                    {group ?? "digest"} · <Time at={opened_at} />
                  </span>
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

interface PreviewChartProps {
  from: string;
  to: string;
  perDay: Preview["per_day"];
}

/** Days in UTC; those without a match too. */
function PreviewChart({ from, to, perDay }: PreviewChartProps) {
  const timesMs = useMemo(() => {
    const firstMs = Math.floor(Date.parse(from) / DAY_MS) * DAY_MS;
    const count = Math.max(1, Math.ceil((Date.parse(to) - firstMs) / DAY_MS));
    return Array.from({ length: count }, (_, index) => firstMs + index * DAY_MS);
  }, [from, to]);
  const series = useMemo(() => {
    const sent = new Map(perDay.map(({ day, alerts, digests }) => [Date.parse(day), alerts + digests]));
    return [{ label: "Alerts a day, in UTC", values: timesMs.map((ms) => sent.get(ms) ?? 0), hue: 1 as const }];
  }, [perDay, timesMs]);
  return (
    <Chart
      label="Alerts a day"
      timesMs={timesMs}
      series={series}
      words={numberWords}
      axisWords={shortNumber}
      bars
      height={170}
    />
  );
}

/** A text once it has not changed for a moment. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
