import { useMemo, type ReactNode } from "react";
import { Link } from "wouter";
import { Badge } from "../../../parts/badge.tsx";
import { Chart, type ChartSeries } from "../../../parts/chart.tsx";
import { Money } from "../../../parts/figures.tsx";
import { Panel } from "../../../parts/panel.tsx";
import { Table } from "../../../parts/table.tsx";
import { NOTHING, numberWords, shareWords, shortNumber, timeWords } from "../../../parts/words.ts";
import type { WholeRun } from "./run.tsx";

type Comparison = NonNullable<WholeRun["figures"]["comparison"]>;
type Changes = NonNullable<WholeRun["figures"]["changes"]>;
type Measured = Comparison["champion"];

interface RunComparisonProps {
  comparison: Comparison;
  changes: Changes | undefined;
  isDryRun: boolean;
}

interface Line {
  name: string;
  words(measured: Measured): ReactNode;
}

const LINES: readonly Line[] = [
  { name: "Alerts a day", words: ({ alerts_per_day }) => numberWords(alerts_per_day) },
  { name: "Confirmed that it catches", words: ({ caught }) => numberWords(caught) },
  { name: "Confirmed that it misses", words: ({ missed }) => numberWords(missed) },
  { name: "Money caught", words: ({ caught_value }) => amounts(caught_value) },
  { name: "Money at risk", words: ({ missed_value }) => amounts(missed_value) },
  { name: "Alerts on events not confirmed", words: ({ alert_rate }) => shareWords(alert_rate) },
  { name: "Suspects among payments", words: ({ suspect_rate }) => shareWords(suspect_rate) },
  { name: "Recall at the budget", words: ({ recall_at_budget }) => shareWords(recall_at_budget) },
  { name: "Average precision", words: ({ average_precision }) => shareWords(average_precision) },
];

function amounts(byCurrency: Record<string, number>): ReactNode {
  const sums = Object.entries(byCurrency);
  if (sums.length === 0) return NOTHING;
  return (
    <span className="run-amounts">
      {sums.map(([currency, value]) => (
        <Money key={currency} value={value} currency={currency} brief />
      ))}
    </span>
  );
}

/** What decides and what was trained, on the same events; and what would change. */
export function RunComparison({ comparison, changes, isDryRun }: RunComparisonProps) {
  const { from, to, events, payments, confirmed, champion, challenger, budget, threshold } = comparison;
  const day = (time: string) => timeWords(Date.parse(time), "day", "UTC");
  return (
    <>
      <Panel
        title="Champion against challenger"
        note={`${day(from)} – ${day(to)}: ${numberWords(events)} events, ${numberWords(payments)} payments, ${numberWords(confirmed)} confirmed`}
        flush
      >
        <Table
          caption="Champion against challenger"
          rows={LINES}
          keyOf={({ name }) => name}
          columns={[
            { head: "On the same events", cell: ({ name }) => name },
            { head: "Champion", align: "end", cell: ({ words }) => words(champion) },
            { head: "Challenger", align: "end", cell: ({ words }) => <b>{words(challenger)}</b> },
          ]}
        />
        <p className="small soft panel-body run-note">
          Neither was trained on them. At threshold {numberWords(threshold)}; recall is measured at{" "}
          {numberWords(budget)} alerts.
          {isDryRun ? " This was a dry run: nothing was changed." : ""}
        </p>
      </Panel>
      <Panel title="Alerts by day">
        <DaysChart days={comparison.days} />
      </Panel>
      {changes === undefined ? null : <ChangesPanel changes={changes} />}
    </>
  );
}

function DaysChart({ days }: { days: Comparison["days"] }) {
  const timesMs = useMemo(() => days.map(({ date }) => Date.parse(date)), [days]);
  const series = useMemo(
    (): ChartSeries[] => [
      { label: "Champion", values: days.map(({ champion_alerts }) => champion_alerts), hue: "rest", dashed: true },
      { label: "Challenger", values: days.map(({ challenger_alerts }) => challenger_alerts), hue: 1 },
    ],
    [days],
  );
  return (
    <Chart
      label="Alerts by day"
      timesMs={timesMs}
      series={series}
      words={numberWords}
      axisWords={shortNumber}
      height={220}
    />
  );
}

function ChangesPanel({ changes: { newly_alerted, no_longer_alerted, examples } }: { changes: Changes }) {
  return (
    <Panel
      title="Whose verdict changes"
      note={`${numberWords(newly_alerted)} newly alerted, ${numberWords(no_longer_alerted)} no longer`}
      flush
    >
      <Table
        caption="Events whose score changes most"
        rows={examples}
        keyOf={({ event_id }) => event_id}
        empty={<p className="soft panel-body">No score changes enough to be told.</p>}
        columns={[
          {
            head: "Event",
            cell: ({ event_id }) => (
              <Link href={`/events/${event_id}`} className="mono run-event">
                {event_id}
              </Link>
            ),
          },
          {
            head: "Known as",
            from: "tablet",
            cell: ({ label }) =>
              label === null ? NOTHING : <Badge tone={label === "fraud" ? "bad" : "good"}>{label}</Badge>,
          },
          { head: "Champion", align: "end", cell: ({ champion_score }) => champion_score.toFixed(2) },
          { head: "Challenger", align: "end", cell: ({ challenger_score }) => <b>{challenger_score.toFixed(2)}</b> },
        ]}
      />
    </Panel>
  );
}
