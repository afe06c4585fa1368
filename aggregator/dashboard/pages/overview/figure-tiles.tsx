import { usePolling } from "../../api/live.tsx";
import type { Answer } from "../../api/client.ts";
import { useGet } from "../../api/queries.ts";
import { Sparkline } from "../../parts/sparkline.tsx";
import { ErrorBox } from "../../parts/states.tsx";
import { Tile } from "../../parts/tile.tsx";
import { countWords, moneyWords, numberWords, shareWords } from "../../parts/words.ts";
import type { Day } from "./today.ts";
import { useToday } from "./use-today.ts";

type Figure = Answer<"get", "/v1/summary">["figures"][number];

/** Today's revenue and orders, and the rates of the last day against the day before. */
export function FigureTiles() {
  const everyMs = usePolling();
  const summary = useGet("/v1/summary", { query: { window: "24h" } }, { everyMs });
  const revenue = useToday("revenue");
  const orders = useToday("orders");
  const figure = (name: Figure["name"]) => summary.data?.figures.find((one) => one.name === name);
  if (summary.error !== null && summary.data === undefined)
    return <ErrorBox error={summary.error} retry={() => void summary.refetch()} />;
  return (
    <div className="tiles">
      <TodayTile
        label="Revenue today"
        day={revenue.day}
        words={(value, currency) => moneyWords(value, currency, true)}
      />
      <TodayTile label="Orders today" day={orders.day} words={(value) => numberWords(value)} />
      <RateTile
        label="Anomaly rate"
        figure={figure("anomaly_rate")}
        good="down"
        note={anomalyNote(figure("anomalies"))}
      />
      <RateTile label="Payments declined" figure={figure("payment_decline_rate")} good="down" />
      <RateTile label="Conversion" figure={figure("conversion_rate")} good="up" />
    </div>
  );
}

interface TodayTileProps {
  label: string;
  day: Day | undefined;
  words(value: number, currency: string | undefined): string;
}

function TodayTile({ label, day, words }: TodayTileProps) {
  if (day === undefined) return <Tile label={label} value={undefined} note="Against what is usual by now" />;
  const { total, usual, currency, values, band } = day;
  const change = usual === null || usual === 0 ? null : total / usual - 1;
  const shape = band?.map((at) => at ?? { low: 0, high: 0 });
  return (
    <Tile
      label={label}
      value={words(total, currency)}
      change={change}
      good="up"
      note={usual === null ? "What is usual is still learned" : `usual by now: ${words(usual, currency)}`}
    >
      <Sparkline values={values} band={shape} height={34} />
    </Tile>
  );
}

function RateTile({
  label,
  figure,
  good,
  note,
}: {
  label: string;
  figure: Figure | undefined;
  good: "up" | "down";
  note?: string | undefined;
}) {
  return (
    <Tile
      label={`${label}, 24 h`}
      value={figure === undefined ? undefined : shareWords(figure.value)}
      change={figure?.change}
      good={good}
      note={note ?? (figure === undefined ? undefined : `the day before: ${shareWords(figure.before)}`)}
    />
  );
}

function anomalyNote(anomalies: Figure | undefined): string | undefined {
  if (anomalies === undefined) return undefined;
  return `${countWords(anomalies.value ?? 0, "anomaly", "anomalies")}; ${numberWords(anomalies.before)} the day before`;
}
