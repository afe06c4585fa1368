import { SelectField, TextField } from "../../parts/field.tsx";
import { Segments } from "../../parts/segments.tsx";
import { GROUP_WORDS, METRICS, type GroupBy, type Metric } from "./metric-list.ts";
import { INTERVALS, intervalsFor, RANGES, timesOf, type Interval, type Window } from "./range.ts";
import type { Asked } from "./use-figures.ts";
import "./controls.css";

interface ControlsProps {
  asked: Asked;
  set(changes: Partial<Asked>): void;
  metric: Metric;
  group: GroupBy | null;
  window: Window;
  interval: Interval;
  currencies: readonly string[];
  currency: string | undefined;
}

/** What is charted. All of it stands in the URL. */
export function Controls({ asked, set, metric, group, window, interval, currencies, currency }: ControlsProps) {
  const isFixed = asked.from !== "";
  const fitting = intervalsFor(window);
  return (
    <div className="controls" role="search" aria-label="What is charted">
      <SelectField
        label="Metric"
        value={metric}
        onChange={(next) => set({ metric: next })}
        options={Object.entries(METRICS).map(([value, { label }]) => ({ value: value as Metric, label }))} // keys of METRICS
      />
      <SelectField
        label="By"
        value={group ?? ""}
        onChange={(next) => set({ group_by: next })}
        options={[
          { value: "", label: "Everything" },
          ...METRICS[metric].groups.map((value) => ({ value, label: GROUP_WORDS[value] })),
        ]}
      />
      <SelectField
        label="Interval"
        value={interval}
        onChange={(next) => set({ interval: next })}
        options={INTERVALS.map(({ value, label }) => ({ value, label, disabled: !fitting.includes(value) }))}
      />
      <SelectField
        label="Traffic"
        value={asked.traffic === "trusted" ? "trusted" : "all"}
        onChange={(next) => set({ traffic: next })}
        options={[
          { value: "all", label: "All" },
          { value: "trusted", label: "Without bots and anomalies" },
        ]}
      />
      <SelectField
        label="Compare with"
        value={asked.compare === "before" || asked.compare === "week" ? asked.compare : ""}
        onChange={(next) => set({ compare: next })}
        options={[
          { value: "", label: "Nothing" },
          { value: "before", label: "The time before" },
          { value: "week", label: "A week earlier" },
        ]}
      />
      {currencies.length < 2 || currency === undefined ? null : (
        <SelectField
          label="Currency"
          value={currency}
          onChange={(next) => set({ currency: next })}
          options={currencies.map((value) => ({ value, label: value }))}
        />
      )}
      <div className="controls-range">
        <Segments
          label="Range"
          value={isFixed ? "fixed" : asked.range}
          onChange={(next) => set(next === "fixed" ? timesOf(window) : { range: next, from: "", to: "" })}
          options={[...RANGES, { value: "fixed", label: "From – to" }]}
        />
        {isFixed ? (
          <>
            <DayField label="From (UTC)" value={asked.from} onChange={(from) => set({ from })} />
            <DayField label="To (UTC)" value={asked.to} onChange={(to) => set({ to })} />
          </>
        ) : null}
      </div>
    </div>
  );
}

const MINUTE_LENGTH = "2026-11-21T10:00".length;

function DayField({ label, value, onChange }: { label: string; value: string; onChange(next: string): void }) {
  return (
    <TextField
      label={label}
      labelUnseen
      title={label}
      type="datetime-local"
      value={value.slice(0, MINUTE_LENGTH)}
      onChange={(event) => event.currentTarget.value !== "" && onChange(`${event.currentTarget.value}:00.000Z`)}
    />
  );
}
