import "./sparkline.css";

interface SparklineProps {
  /** In the order of time; null where there is none. */
  values: readonly (number | null)[];
  /** Where the values would be by chance, as many as there are values. */
  band?: readonly { low: number; high: number }[] | undefined;
  /** How many points the axis has room for, when the values end before. */
  points?: number;
  height?: number;
}

const WIDTH = 200;

/** The shape of a few values. It says nothing by itself: the figure stands beside it. */
export function Sparkline({
  values,
  band,
  points = Math.max(values.length, band?.length ?? 0),
  height = 44,
}: SparklineProps) {
  const known = values.filter((value) => value !== null);
  const top = Math.max(...known, ...(band ?? []).map(({ high }) => high), 1e-9);
  const x = (index: number) => ((index / Math.max(1, points - 1)) * WIDTH).toFixed(1);
  const y = (value: number) => (height - 2 - (value / top) * (height - 4)).toFixed(1);
  const line = values.flatMap((value, index) => (value === null ? [] : [`${x(index)},${y(value)}`])).join(" ");
  return (
    <svg
      className="spark"
      viewBox={`0 0 ${WIDTH} ${height}`}
      height={height}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {band === undefined || band.length === 0 ? null : (
        <polygon
          className="spark-band"
          points={[
            ...band.map(({ high }, index) => `${x(index)},${y(high)}`),
            ...band.map(({ low }, index) => `${x(index)},${y(low)}`).toReversed(),
          ].join(" ")}
        />
      )}
      <polyline className="spark-line" points={line} />
    </svg>
  );
}
