import { Fact, Facts } from "../../../parts/figures.tsx";
import { Panel } from "../../../parts/panel.tsx";
import { numberWords, shareWords, timeWords } from "../../../parts/words.ts";
import type { Moved } from "./feature-table.tsx";

/** Both distributions of one feature, in the same bins. */
export function Distribution({ of }: { of: Moved }) {
  const { name, bins, psi, limits, since, kolmogorov_smirnov: distance } = of;
  const most = Math.max(...bins.map(({ reference, current }) => Math.max(reference, current)), 1e-9);
  return (
    <Panel title={<code>{name}</code>} note="Share of payments by value">
      <ul className="legend bins-legend">
        <li>
          <span className="legend-mark hue-rest" /> 28 days before
        </li>
        <li>
          <span className="legend-mark hue-1" /> Now
        </li>
      </ul>
      <table className="bins">
        <caption className="unseen">Share of payments by value of {name}</caption>
        <thead className="unseen">
          <tr>
            <th scope="col">Values</th>
            <th scope="col">28 days before and now</th>
          </tr>
        </thead>
        <tbody>
          {bins.map(({ from, to, reference, current }, index) => (
            <tr key={index}>
              <th scope="row" className="bins-range number">
                {rangeWords(from, to)}
              </th>
              <td className="bins-pair">
                <span className="bins-bar">
                  <span className="bins-fill bins-before" style={{ width: `${(reference / most) * 100}%` }} />
                  <span className="number">{shareWords(reference)}</span>
                </span>
                <span className="bins-bar">
                  <span className="bins-fill bins-now" style={{ width: `${(current / most) * 100}%` }} />
                  <span className="number">{shareWords(current)}</span>
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Facts>
        <Fact name="PSI">
          {psi.toFixed(4)}; watch beyond {limits.warn.toFixed(3)}, learn anew beyond {limits.act.toFixed(3)}
          {limits.stop === null ? "" : `, stop beyond ${limits.stop.toFixed(3)}`}
        </Fact>
        {distance === null ? null : (
          <Fact name="Kolmogorov–Smirnov">
            D {numberWords(distance.d)}, p {distance.p < 0.0001 ? "< 0.0001" : distance.p.toFixed(4)}
          </Fact>
        )}
        {since === null ? null : <Fact name="Moved since">{timeWords(Date.parse(since), "day", "UTC")}</Fact>}
      </Facts>
    </Panel>
  );
}

function rangeWords(from: number | null, to: number | null): string {
  if (from === null) return "unknown";
  return to === null ? `${numberWords(from)} and more` : `${numberWords(from)} – ${numberWords(to)}`;
}
