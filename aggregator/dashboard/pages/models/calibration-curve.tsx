import { useState } from "react";
import { IconButton } from "../../parts/button.tsx";
import { Table } from "../../parts/table.tsx";
import { numberWords, shareWords } from "../../parts/words.ts";
import "./calibration-curve.css";

interface Point {
  value: number;
  share: number;
  score: number;
}

interface Curve {
  name: string;
  /** By falling share. */
  points: readonly Point[];
}

interface CalibrationCurveProps {
  /** At most three. */
  curves: readonly Curve[];
  /** Score from which an event is an anomaly; null where the deployment's holds. */
  threshold: number | null;
}

const WIDTH = 440;
const HEIGHT = 230;
const LEFT = 84;
const BOTTOM = 30;
const TOP = 10;
/** Powers of ten down to the rarest that scores tell apart. */
const DECADES = [0, -1, -2, -3, -4, -5];
const SCORES = [0, 0.2, 0.4, 0.6, 0.8, 1];

/**
 * The share of clean events that each raw value is beyond, and the score that this makes. Straight where events are known; where a
 * curve ends, no clean event was ever seen beyond.
 */
export function CalibrationCurve({ curves, threshold }: CalibrationCurveProps) {
  const [isTable, setTable] = useState(false);
  const words =
    threshold === null
      ? "Each fifth of the score is ten times rarer."
      : `From ${threshold} on an event is an anomaly: about 1 in ${numberWords(Math.round(10 ** (5 * threshold)))} clean events.`;
  return (
    <figure className="curve" aria-label="Share of clean events beyond each value">
      <div className="curve-head">
        <p className="soft">{words}</p>
        <IconButton
          small
          icon={isTable ? "chart" : "table"}
          label={isTable ? "Show as a chart" : "Show as a table"}
          onClick={() => setTable(!isTable)}
        />
      </div>
      {isTable ? <CurveTable curves={curves} /> : <Drawing curves={curves} threshold={threshold} />}
    </figure>
  );
}

/** Keeps the place of three curves. */
export function CurveWait() {
  return (
    <div className="curve-grid curve-wait">
      {[1, 2, 3].map((nth) => (
        <div key={nth} className="curve-place" />
      ))}
    </div>
  );
}

/** Every curve has a raw value of its own, so it is drawn over the part of its range that was seen. */
function Drawing({ curves, threshold }: CalibrationCurveProps) {
  return (
    <div className="curve-grid">
      {curves.map(({ name, points }, index) => (
        <SmallCurve key={name} name={name} points={points} hue={index + 1} threshold={threshold} />
      ))}
    </div>
  );
}

interface SmallCurveProps {
  name: string;
  points: readonly Point[];
  hue: number;
  threshold: number | null;
}

function SmallCurve({ name, points, hue, threshold }: SmallCurveProps) {
  const low = points[0]?.value ?? 0;
  const high = points.at(-1)?.value ?? 1;
  const x = (value: number) => LEFT + ((value - low) / Math.max(1e-9, high - low)) * (WIDTH - LEFT - 12);
  const y = (score: number) => HEIGHT - BOTTOM - score * (HEIGHT - BOTTOM - TOP);
  const line = points.map(({ value, score }) => `${x(value).toFixed(1)},${y(score).toFixed(1)}`).join(" ");
  const beyond = threshold === null ? undefined : points.find(({ score }) => score >= threshold);
  return (
    <div>
      <h3 className="curve-name">
        <span className={`legend-mark hue-${hue}`} /> {name}
      </h3>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className="curve-drawing" role="img" aria-label={summaryOf(name, points)}>
        {SCORES.map((score, index) => (
          <g key={score}>
            <line x1={LEFT} x2={WIDTH - 12} y1={y(score)} y2={y(score)} className="curve-grid-line" />
            <text x={LEFT - 8} y={y(score) + 4} textAnchor="end">
              {`1 in ${numberWords(10 ** -(DECADES[index] ?? 0))}`}
            </text>
          </g>
        ))}
        {threshold === null ? null : (
          <line x1={LEFT} x2={WIDTH - 12} y1={y(threshold)} y2={y(threshold)} className="curve-threshold" />
        )}
        <polyline points={line} className={`curve-line hue-${hue}`} />
        {beyond === undefined ? null : (
          <line x1={x(beyond.value)} x2={x(beyond.value)} y1={TOP} y2={HEIGHT - BOTTOM} className="curve-threshold" />
        )}
        {[low, (low + high) / 2, high].map((value, index) => (
          <text
            key={value}
            x={x(value)}
            y={HEIGHT - 10}
            textAnchor={index === 0 ? "start" : index === 1 ? "middle" : "end"}
          >
            {numberWords(value)}
          </text>
        ))}
      </svg>
    </div>
  );
}

function summaryOf(name: string, points: readonly Point[]): string {
  const last = points.at(-1);
  if (last === undefined) return `${name}: nothing was fitted.`;
  return `${name}: raw values up to ${numberWords(last.value)}, which ${shareWords(last.share)} of clean events are beyond.`;
}

function CurveTable({ curves }: { curves: readonly Curve[] }) {
  const rows = SCORES.slice(1).map((score) => ({ score }));
  const valueAt = (points: readonly Point[], score: number) => points.find((point) => point.score >= score)?.value;
  return (
    <Table
      caption="Raw values by score"
      rows={rows}
      keyOf={({ score }) => String(score)}
      columns={[
        { head: "Score", cell: ({ score }) => score.toFixed(1) },
        { head: "One clean event in", align: "end", cell: ({ score }) => numberWords(Math.round(10 ** (5 * score))) },
        ...curves.map(({ name, points }) => ({
          head: `${name}, raw`,
          align: "end" as const,
          cell: ({ score }: { score: number }) => {
            const value = valueAt(points, score);
            return value === undefined ? "never seen" : numberWords(value);
          },
        })),
      ]}
    />
  );
}
