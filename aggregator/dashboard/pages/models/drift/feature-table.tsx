import { Badge } from "../../../parts/badge.tsx";
import { Bar } from "../../../parts/figures.tsx";
import { Table } from "../../../parts/table.tsx";
import { LevelBadge, type Drift, type Level } from "./level.tsx";

export type Moved = Drift["features"][number];

interface FeatureTableProps {
  rows: readonly Moved[];
  chosen: string;
  onChoose(name: string): void;
}

const TONES: Record<Level, "faint" | "warn" | "bad"> = { none: "faint", warn: "warn", act: "bad", stop: "bad" };

/** How far each has moved, against what would call for action. */
export function FeatureTable({ rows, chosen, onChoose }: FeatureTableProps) {
  return (
    <Table
      caption="Score and features, furthest moved first"
      rows={rows}
      keyOf={({ name }) => name}
      selected={chosen}
      columns={[
        {
          head: "Name",
          cell: ({ name, top }) => (
            <span className="row row-wrap">
              <button
                type="button"
                className="drift-choose mono"
                aria-pressed={name === chosen}
                onClick={() => onChoose(name)}
              >
                {name}
              </button>
              {top ? <Badge>Counts</Badge> : null}
            </span>
          ),
        },
        {
          head: "Moved",
          width: "26%",
          cell: ({ psi, limits, level }) => <Bar share={psi / (limits.act * 2)} tone={TONES[level]} />,
        },
        { head: "PSI", align: "end", cell: ({ psi }) => psi.toFixed(3) },
        {
          head: "Limits",
          align: "end",
          from: "tablet",
          cell: ({ limits }) => (
            <span className="drift-limits">{`${limits.warn.toFixed(2)} · ${limits.act.toFixed(2)}`}</span>
          ),
        },
        { head: "Level", from: "tablet", cell: ({ level }) => <LevelBadge level={level} /> },
      ]}
    />
  );
}
