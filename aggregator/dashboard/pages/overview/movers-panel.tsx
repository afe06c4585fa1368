import { useGet } from "../../api/queries.ts";
import { Bar } from "../../parts/figures.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Segments } from "../../parts/segments.tsx";
import { Empty, Loaded, SkeletonLines } from "../../parts/states.tsx";
import { changeWords, memberWords, moneyWords } from "../../parts/words.ts";
import { useNow } from "../../shell/clock.ts";
import { useUrlState } from "../../shell/url-state.ts";
import { moversOf, type Mover } from "./movers.ts";
import { HOUR_MS, mainSeries, type MetricsAnswer } from "./today.ts";
import "./movers-panel.css";

const DAY_MS = 24 * HOUR_MS;
const DIMENSIONS = [
  { value: "country", label: "Country" },
  { value: "category", label: "Category" },
  { value: "device", label: "Device" },
] as const;
type Dimension = (typeof DIMENSIONS)[number]["value"];

/** Where the last day's revenue differs the most from the same day of the week before. */
export function MoversPanel() {
  const [{ by: asked }, set] = useUrlState({ by: "country" });
  const by = DIMENSIONS.find(({ value }) => value === asked)?.value ?? "country";
  const endMs = Math.ceil(useNow(HOUR_MS) / HOUR_MS) * HOUR_MS;
  const now = useGet("/v1/metrics", { query: revenueOf(by, endMs) }, { keep: true });
  const before = useGet("/v1/metrics", { query: revenueOf(by, endMs - 7 * DAY_MS) }, { keep: true });
  const both = {
    data: now.data === undefined || before.data === undefined ? undefined : ([now.data, before.data] as const),
    error: now.error ?? before.error,
    refetch: () => Promise.all([now.refetch(), before.refetch()]),
  };
  return (
    <Panel
      title="Top movers"
      note="Revenue of 24 h against the week before"
      className="movers"
      actions={<Segments label="Movers by" value={by} onChange={(next) => set({ by: next })} options={DIMENSIONS} />}
    >
      <Loaded of={both} skeleton={<SkeletonLines lines={6} />}>
        {([is, was]) => <Movers is={is} was={was} by={by} />}
      </Loaded>
    </Panel>
  );
}

function revenueOf(by: Dimension, endMs: number) {
  return {
    metric: "revenue" as const,
    interval: "1h" as const,
    group_by: by,
    from: new Date(endMs - DAY_MS).toISOString(),
    to: new Date(endMs).toISOString(),
  };
}

function Movers({ is, was, by }: { is: MetricsAnswer; was: MetricsAnswer; by: Dimension }) {
  const currency = (mainSeries(is.series) ?? mainSeries(was.series))?.currency;
  const movers = moversOf(is, was, currency);
  if (movers.length === 0) return <Empty icon="explore" title="No orders in either day" />;
  const most = Math.max(...movers.map(({ difference }) => Math.abs(difference)));
  return (
    <ul>
      {movers.map((mover) => (
        <MoverLine key={mover.member} mover={mover} by={by} most={most} currency={currency} />
      ))}
    </ul>
  );
}

interface MoverLineProps {
  mover: Mover;
  by: Dimension;
  most: number;
  currency: string | undefined;
}

function MoverLine({ mover: { member, now, before, difference, change }, by, most, currency }: MoverLineProps) {
  const isMore = difference > 0;
  return (
    <li className="mover">
      <span className="clip">{memberWords(member, by)}</span>
      <span className="mover-bar">
        <Bar share={Math.abs(difference) / most} tone={isMore ? "good" : "bad"} />
      </span>
      <span className="number" title={`${moneyWords(now, currency)}; ${moneyWords(before, currency)} the week before`}>
        {isMore ? "+" : "−"}
        {moneyWords(Math.abs(difference), currency, true)}
      </span>
      <span className="number soft mover-change">{change === null ? "new" : changeWords(change)}</span>
    </li>
  );
}
