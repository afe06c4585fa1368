import { Button } from "../../parts/button.tsx";
import { SelectField, TextField } from "../../parts/field.tsx";
import { Segments } from "../../parts/segments.tsx";
import { codeWords, countryName } from "../../parts/words.ts";
import { choices, isFiltered, NO_FILTERS, type Anomaly, type Filters } from "./queue-filters.ts";
import "./filter-bar.css";

const STATUSES = [
  { value: "open", label: "Open" },
  { value: "confirmed", label: "Confirmed" },
  { value: "dismissed", label: "Dismissed" },
  { value: "all", label: "All" },
] as const;

const SCORES = [
  { value: "", label: "Any score" },
  { value: "0.8", label: "0.8 and above" },
  { value: "0.9", label: "0.9 and above" },
];

interface FilterBarProps {
  filters: Filters;
  set(changes: Partial<Filters>): void;
  /** What was read so far, which the choices are taken from. */
  rows: readonly Anomaly[];
}

export function FilterBar({ filters, set, rows }: FilterBarProps) {
  const found = choices(rows, filters);
  const options = (all: string, values: readonly string[], words: (value: string) => string) => [
    { value: "", label: all },
    ...values.map((value) => ({ value, label: words(value) })),
  ];
  return (
    <div className="filter-bar" role="search" aria-label="Filter the anomalies">
      <Segments
        label="Status"
        value={filters.status as (typeof STATUSES)[number]["value"]} // any other shows none as chosen, and is refused
        onChange={(status) => set({ status })}
        options={STATUSES}
      />
      <SelectField
        label="Reason"
        labelUnseen
        value={filters.reason}
        onChange={(reason) => set({ reason })}
        options={options("Any reason", found.reason, codeWords)}
      />
      <SelectField
        label="Kind of event"
        labelUnseen
        value={filters.name}
        onChange={(name) => set({ name })}
        options={options("Any event", found.name, codeWords)}
      />
      <SelectField
        label="Country"
        labelUnseen
        value={filters.country}
        onChange={(country) => set({ country })}
        options={options("Any country", found.country, countryName)}
      />
      <SelectField
        label="Score"
        labelUnseen
        value={filters.min_score}
        onChange={(min_score) => set({ min_score })}
        options={SCORES}
      />
      <SearchField value={filters.q} onSearch={(q) => set({ q })} />
      {filters.entity === "" ? null : (
        <Button small icon="close" onClick={() => set({ entity: "" })} aria-label={`Not only of ${filters.entity}`}>
          <span className="clip">{filters.entity}</span>
        </Button>
      )}
      {isFiltered(filters) ? (
        <Button small look="quiet" icon="close" onClick={() => set(NO_FILTERS)}>
          Clear
        </Button>
      ) : null}
    </div>
  );
}

/** Looks when it is left or Enter is pressed: an id is pasted, not typed. */
function SearchField({ value, onSearch }: { value: string; onSearch(text: string): void }) {
  return (
    <TextField
      key={value}
      label="Id of an event, order, customer, session or device"
      labelUnseen
      type="search"
      placeholder="Find an id"
      defaultValue={value}
      onBlur={(event) => event.currentTarget.value.trim() !== value && onSearch(event.currentTarget.value.trim())}
      onKeyDown={(event) => event.key === "Enter" && onSearch(event.currentTarget.value.trim())}
    />
  );
}
