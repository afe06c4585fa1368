import { useGet } from "../../../api/queries.ts";
import { Fact, Facts, Time } from "../../../parts/figures.tsx";
import { Panel } from "../../../parts/panel.tsx";
import { Segments } from "../../../parts/segments.tsx";
import { Empty, Loaded, SkeletonLines } from "../../../parts/states.tsx";
import { numberWords, timeWords } from "../../../parts/words.ts";
import { useUrlState } from "../../../shell/url-state.ts";
import { ModelsFrame } from "../models-frame.tsx";
import { Distribution } from "./distribution.tsx";
import { FeatureTable } from "./feature-table.tsx";
import { LevelBadge, LEVELS, type Drift } from "./level.tsx";
import "./drift.css";

const WINDOWS = [
  { value: "1d", label: "1 day" },
  { value: "7d", label: "7 days" },
  { value: "28d", label: "28 days" },
] as const;

/** How far scores and features have moved from the four weeks before. */
export function DriftPart() {
  const [{ window: asked, feature }, set] = useUrlState({ window: "1d", feature: "" });
  const window = WINDOWS.find(({ value }) => value === asked)?.value ?? "1d";
  const drift = useGet("/v1/drift", { query: { window } }, { keep: true });
  return (
    <ModelsFrame
      tab="Drift"
      words="Whole days in UTC, held against the 28 before. Checked once after each day."
      actions={<Segments label="Window" value={window} onChange={(next) => set({ window: next })} options={WINDOWS} />}
    >
      <Loaded of={drift} skeleton={<SkeletonLines lines={16} />}>
        {(data) => <DriftBody drift={data} feature={feature} onChoose={(name) => set({ feature: name })} />}
      </Loaded>
    </ModelsFrame>
  );
}

interface DriftBodyProps {
  drift: Drift;
  feature: string;
  onChoose(name: string): void;
}

function DriftBody({ drift, feature, onChoose }: DriftBodyProps) {
  const all = drift.score === null ? drift.features : [drift.score, ...drift.features];
  const chosen = all.find(({ name }) => name === feature) ?? all[0];
  return (
    <div className="drift">
      <StandingPanel drift={drift} />
      <StreamPanel drift={drift} />
      {chosen === undefined ? (
        <Panel className="drift-wide">
          <Empty icon="chart" title="Too little is known to compare">
            <p>
              {numberWords(drift.events)} payment attempts were looked at; 500 of them and seven days before are needed.
              {drift.window === "28d" ? " It will be known with time." : " A longer window may hold enough."}
            </p>
          </Empty>
        </Panel>
      ) : (
        <>
          <Panel title="Score and features" note="Furthest moved first; those marked count for the level" flush>
            <FeatureTable rows={all} chosen={chosen.name} onChoose={onChoose} />
          </Panel>
          <Distribution of={chosen} />
        </>
      )}
    </div>
  );
}

function StandingPanel({ drift }: { drift: Drift }) {
  const { level, since, from, to, events, reference, alerts, days } = drift;
  const day = (date: string) => timeWords(Date.parse(date), "day", "UTC");
  return (
    <Panel title="Level" note={<LevelBadge level={level} />}>
      <p className="drift-words">{LEVELS[level ?? "unknown"].words}</p>
      <Facts>
        <Fact name="Looked at">
          {from === null || to === null ? "no whole day yet" : from === to ? day(to) : `${day(from)} – ${day(to)}`},{" "}
          {numberWords(events)} payments
        </Fact>
        <Fact name="Against">
          {reference === null
            ? "nothing: 7 days before are needed"
            : `${day(reference.from)} – ${day(reference.to)}, ${numberWords(reference.events)} payments of ${reference.days} days${reference.one_release ? "" : ", of several releases"}`}
        </Fact>
        {since === null ? null : <Fact name="Since">{day(since)}</Fact>}
        {alerts === null ? null : (
          <Fact name="Alerts">
            {numberWords(alerts.alerts)}, expected {numberWords(alerts.expected)}
            {alerts.flood ? ": a flood" : ""}
          </Fact>
        )}
      </Facts>
      {days.length === 0 ? null : (
        <ol className="drift-days" aria-label="The last days as they were checked">
          {days.toReversed().map(({ date, level: was }) => (
            <li
              key={date}
              className={`drift-day drift-${was ?? "unknown"}`}
              title={`${day(date)}: ${LEVELS[was ?? "unknown"].name}`}
            >
              <span className="unseen">
                {day(date)}: {LEVELS[was ?? "unknown"].name}
              </span>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}

function StreamPanel({ drift: { stream } }: { drift: Drift }) {
  return (
    <Panel title="Minute by minute" note="By the test of Page and Hinkley">
      {stream === null ? (
        <p className="soft">It begins with the first scores.</p>
      ) : (
        <>
          <p className="drift-words">
            Mean score <b className="number">{numberWords(stream.mean)}</b> since the last change, until{" "}
            <Time at={stream.until} />.
          </p>
          {stream.changes.length === 0 ? <p className="soft">No lasting change was seen.</p> : null}
          <ul>
            {stream.changes.toReversed().map(({ at, side, from, to }) => (
              <li key={at} className="drift-change">
                <Time at={at} /> {side === "up" ? "up" : "down"} from{" "}
                <span className="number">{numberWords(from)}</span> to <span className="number">{numberWords(to)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}
