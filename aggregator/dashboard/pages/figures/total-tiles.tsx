import { Tile } from "../../parts/tile.tsx";
import { memberWords, numberWords, shareWords } from "../../parts/words.ts";
import { totalOf, weightOf, type Series } from "./totals.ts";

interface TotalTilesProps {
  /** The largest first. */
  series: readonly Series[];
  compared: readonly Series[];
  /** What they are grouped by; empty for one series of everything. */
  group: string;
  words(value: number | null): string;
  isQuotient: boolean;
}

/** What the whole time amounts to. */
export function TotalTiles(props: TotalTilesProps) {
  return <div className="tiles">{props.group === "" ? <OfOne {...props} /> : <OfGroups {...props} />}</div>;
}

function OfOne({ series: [one], compared: [other], words, isQuotient }: TotalTilesProps) {
  const total = one === undefined ? null : totalOf(one);
  const before = other === undefined ? null : totalOf(other);
  const change = total === null || before === null || before === 0 ? null : total / before - 1;
  const values = one?.points.flatMap(({ value }) => value ?? []) ?? [];
  const most = (choose: (...all: number[]) => number) => words(values.length === 0 ? null : choose(...values));
  return (
    <>
      <Tile
        label={isQuotient ? "Over the whole time" : "In all"}
        value={words(total)}
        change={change}
        note={before === null ? undefined : `compared: ${words(before)}`}
      />
      <Tile label="Highest" value={most(Math.max)} />
      <Tile label="Lowest" value={most(Math.min)} />
      <Tile label="Last" value={words(one?.points.at(-1)?.value ?? null)} note="may still be going on" />
    </>
  );
}

function OfGroups({ series, group, words, isQuotient }: TotalTilesProps) {
  const [largest] = series;
  const whole = series.reduce((sum, one) => sum + weightOf(one), 0);
  const total = series.reduce((sum, one) => sum + (totalOf(one) ?? 0), 0);
  return (
    <>
      {isQuotient ? null : <Tile label="In all" value={words(total)} />}
      <Tile label="Groups" value={numberWords(series.length)} />
      <Tile
        label="Largest"
        value={largest === undefined ? words(null) : memberWords(largest.group ?? "", group)}
        note={
          largest === undefined || whole === 0
            ? undefined
            : `${shareWords(weightOf(largest) / whole)} of the whole: ${words(totalOf(largest))}`
        }
      />
    </>
  );
}
