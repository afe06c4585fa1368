import { Bar } from "../../parts/figures.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Sparkline } from "../../parts/sparkline.tsx";
import { Table } from "../../parts/table.tsx";
import { memberWords, shareWords } from "../../parts/words.ts";
import { GROUP_WORDS, type GroupBy } from "./metric-list.ts";
import { totalOf, weightOf, type Series } from "./totals.ts";

interface GroupTableProps {
  series: readonly Series[];
  group: GroupBy;
  label: string;
  words(value: number | null): string;
}

/** Every group, also those that the chart has no colour for. */
export function GroupTable({ series, group, label, words }: GroupTableProps) {
  const whole = series.reduce((sum, one) => sum + weightOf(one), 0);
  const share = (one: Series) => (whole === 0 ? 0 : weightOf(one) / whole);
  return (
    <Panel title={`By ${GROUP_WORDS[group].toLowerCase()}`} note={`${series.length} in all`} flush>
      <Table
        caption={`${label} by ${group}`}
        rows={series}
        keyOf={(one) => one.group ?? ""}
        columns={[
          { head: GROUP_WORDS[group], cell: (one) => memberWords(one.group ?? "", group) },
          { head: label, align: "end", cell: (one) => words(totalOf(one)) },
          { head: "Share", align: "end", cell: (one) => shareWords(share(one)) },
          { head: "Part", headUnseen: true, from: "tablet", width: "26%", cell: (one) => <Bar share={share(one)} /> },
          {
            head: "Course",
            from: "laptop",
            width: "22%",
            cell: (one) => <Sparkline values={one.points.map(({ value }) => value)} height={24} />,
          },
        ]}
      />
    </Panel>
  );
}
