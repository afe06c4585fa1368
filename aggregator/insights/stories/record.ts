import { BARE, count, findingId, money } from "../draft.ts";
import type { Facts } from "../facts.ts";
import type { Draft, Figures } from "../finding.ts";
import { links } from "../links.ts";
import { dayWords, phrase, sentence, teller } from "../words.ts";

const DAY_MS = 24 * 60 * 60_000;

/** A record over fewer days is soon broken. */
const DAYS_LEAST = 56;
/** By so much it must be more than any day before. */
const BEYOND = 0.1;
const ORDERS_LEAST = 20;

/** A whole day of the window that sold more than any before, by a margin: good news. */
export function recordStory({ seen: { currency }, around, window }: Facts): Draft[] {
  if (currency === null) return [];
  const whole = around.days.filter((day) => day.currency === currency && day.at + DAY_MS <= window.untilMs);
  const best = whole.toSorted((a, b) => b.revenue - a.revenue)[0];
  if (best === undefined || best.orders < ORDERS_LEAST || best.at + DAY_MS <= window.fromMs) return [];
  const before = whole.filter(({ at }) => at < best.at);
  const second = before.toSorted((a, b) => b.revenue - a.revenue)[0];
  if (second === undefined || before.length < DAYS_LEAST || best.revenue < (1 + BEYOND) * second.revenue) return [];
  const figures: Figures = {
    day: { value: new Date(best.at).toISOString(), unit: "time" },
    revenue: money(best.revenue, currency),
    orders: count(best.orders),
    days: count(before.length),
    second: money(second.revenue, currency),
    second_day: { value: new Date(second.at).toISOString(), unit: "time" },
  };
  const tell = teller(figures);
  const dayOf = (name: "day" | "second_day", at: number) => ({
    ...phrase``,
    text: dayWords(new Date(at).toISOString()),
    figures: [name],
  });
  return [
    {
      ...BARE,
      id: findingId("record", new Date(best.at).toISOString().slice(0, 10)),
      kind: "record",
      severity: "info",
      title: sentence`${dayOf("day", best.at)} was the best day so far`,
      sentences: [
        sentence`${tell("orders")} orders brought in ${tell("revenue")} on ${dayOf("day", best.at)} (UTC), more than on any of the ${tell("days")} days with sales before.`,
        sentence`the best of these was ${dayOf("second_day", second.at)} with ${tell("second")}.`,
      ],
      figures,
      change: {
        metric: "revenue",
        value: best.revenue,
        usual: second.revenue,
        ratio: best.revenue / second.revenue,
        difference: best.revenue - second.revenue,
      },
      evidence: { test: "counted", p: null, occasions: before.length },
      next: [links.metric("See it by category", "revenue", "category", { fromMs: best.at, untilMs: best.at + DAY_MS })],
    },
  ];
}
