import { useMemo } from "react";
import { usePolling } from "../../api/live.tsx";
import { useGet } from "../../api/queries.ts";
import { Bar } from "../../parts/figures.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Segments } from "../../parts/segments.tsx";
import { Empty, Loaded, SkeletonLines } from "../../parts/states.tsx";
import { Tile } from "../../parts/tile.tsx";
import { numberWords, shareWords } from "../../parts/words.ts";
import { PageFrame } from "../../shell/page-frame.tsx";
import { useUrlState } from "../../shell/url-state.ts";
import { BooksPanel } from "./books-panel.tsx";
import { DELAYS, degradationsOf, delaysOf, lacksOf, type Sampled } from "./sample.ts";
import "./quality.css";

/** What the API gives at once. */
const SAMPLE = 500;
const KINDS = [
  { value: "", label: "All events" },
  { value: "purchase", label: "Purchases" },
  { value: "payment_failed", label: "Failed payments" },
] as const;

/** Whether what comes in is good enough to be judged by. */
export function QualityPage() {
  const [{ name: asked }, set] = useUrlState({ name: "" });
  const name = KINDS.find(({ value }) => value === asked)?.value ?? "";
  const everyMs = usePolling();
  const events = useGet("/v1/events", { query: { limit: SAMPLE, name } }, { everyMs, keep: true });
  return (
    <PageFrame
      title="Data quality"
      words={`What the newest ${SAMPLE} events lack, how late they came, and what their assessments had to do without.`}
      actions={<Segments label="Which events" value={name} onChange={(next) => set({ name: next })} options={KINDS} />}
    >
      <div className="stack">
        <Loaded of={events} skeleton={<SkeletonLines lines={14} />}>
          {({ data }) => (data.length === 0 ? <NoEvents /> : <Sample events={data} />)}
        </Loaded>
        <BooksPanel />
      </div>
    </PageFrame>
  );
}

function NoEvents() {
  return (
    <Panel>
      <Empty icon="quality" title="No events of this kind yet" />
    </Panel>
  );
}

function Sample({ events }: { events: readonly Sampled[] }) {
  const lacks = useMemo(() => lacksOf(events), [events]);
  const delays = useMemo(() => delaysOf(events), [events]);
  const degradations = useMemo(() => degradationsOf(events), [events]);
  const degraded = events.filter(({ assessment }) => assessment.degraded.length > 0).length;
  const untimed = events.filter(({ timestamp_source }) => timestamp_source !== "sender").length;
  const confidence = events.reduce((sum, { assessment }) => sum + assessment.confidence, 0) / events.length;
  const late = delays.slice(3).reduce((sum, count) => sum + count, 0);
  const share = (count: number) => shareWords(count / events.length);
  return (
    <>
      <div className="tiles">
        <Tile label="Confidence" value={shareWords(confidence)} note="on average, of what a score rests on" />
        <Tile
          label="Scored with something missing"
          value={share(degraded)}
          note={`${numberWords(degraded)} of ${numberWords(events.length)}`}
        />
        <Tile
          label="Came more than an hour late"
          value={share(late)}
          note={`${numberWords(late)} of ${numberWords(events.length)}`}
        />
        <Tile label="Without a time of their own" value={share(untimed)} note="the time of receipt was taken" />
      </div>
      <div className="quality">
        <Panel title="Missing fields" note="of the events that should have them">
          <ul className="lacks">
            {lacks.map(({ name, words, count, of }) => (
              <li key={name} className="lack">
                <span>
                  {name}
                  {count === 0 ? null : <span className="small soft lack-words">{words}</span>}
                </span>
                <Bar share={count / of} tone={count / of > 0.5 ? "bad" : count === 0 ? "faint" : "warn"} />
                <span className="number">{count === 0 ? "none" : shareWords(count / of)}</span>
              </li>
            ))}
          </ul>
        </Panel>
        <Panel title="From happening to receipt">
          <ul className="lacks">
            {DELAYS.map(({ label }, step) => (
              <li key={label} className="lack">
                <span>{label}</span>
                <Bar share={(delays[step] ?? 0) / events.length} tone={step > 2 ? "warn" : "accent"} />
                <span className="number">{share(delays[step] ?? 0)}</span>
              </li>
            ))}
          </ul>
        </Panel>
        <Panel title="Missing when scored">
          {degradations.length === 0 ? (
            <Empty icon="check" title="Nothing was missing">
              <p>Every event was scored with its profiles, its model and its calibration at hand.</p>
            </Empty>
          ) : (
            <ul className="lacks">
              {degradations.map(({ name, count }) => (
                <li key={name} className="lack">
                  <span className="mono">{name}</span>
                  <Bar share={count / events.length} tone="warn" />
                  <span className="number">{share(count)}</span>
                </li>
              ))}
            </ul>
          )}
        </Panel>
      </div>
    </>
  );
}
