import { moneyWords } from "../../parts/words.ts";
import type { ScoredEvent } from "./event-body.tsx";
import "./amount-strip.css";

const WIDTH = 600;
const HEIGHT = 34;

interface AmountStripProps {
  event: ScoredEvent;
  around: readonly { id: string; name: string; value: number | null; currency: string | null }[];
}

/** Where the amount lies among the others of the same customer and kind: each a dot on one line. */
export function AmountStrip({ event, around }: AmountStripProps) {
  const { id, name, value, currency } = event;
  if (value === undefined) return null;
  const others = around.flatMap((one) =>
    one.id !== id && one.name === name && one.currency === currency && one.value !== null ? [one.value] : [],
  );
  if (others.length === 0)
    return <p className="small soft">There is no other {name.replaceAll("_", " ")} to hold the amount against.</p>;
  const most = Math.max(value, ...others);
  const x = (amount: number) => 8 + (most === 0 ? 0 : amount / most) * (WIDTH - 16);
  const sorted = others.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return (
    <div>
      <svg className="strip" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
        <line x1={8} x2={WIDTH - 8} y1={17} y2={17} className="strip-line" />
        {others.map((amount, index) => (
          <circle key={`${index} ${amount}`} cx={x(amount)} cy={17} r={5} className="strip-other" />
        ))}
        <circle cx={x(value)} cy={17} r={7} className="strip-this" />
      </svg>
      <p className="small soft">
        <b className="strip-words">{moneyWords(value, currency)}</b> beside {others.length} other
        {others.length === 1 ? "" : "s"} from {moneyWords(sorted[0], currency)} to {moneyWords(sorted.at(-1), currency)}
        , mostly about {moneyWords(middle, currency)}.
      </p>
    </div>
  );
}
