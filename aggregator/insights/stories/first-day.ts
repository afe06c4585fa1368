import { BARE, count, findingId, money, time } from "../draft.ts";
import type { Facts } from "../facts.ts";
import type { Draft, Figures } from "../finding.ts";
import { links } from "../links.ts";
import { wholeOf } from "../sums.ts";
import { phrase, sentence, teller } from "../words.ts";

const HOUR_MS = 60 * 60_000;
const KNOWN_LEAST_MS = 20 * HOUR_MS;
const ORDERS_LEAST = 5;

/** What a first day came to, while there is nothing to hold it against. */
export function firstDayStory(facts: Facts): Draft[] {
  const { name, baseline, window, seen, around } = facts;
  const whole = wholeOf(seen);
  const isFirst = name === "24h" && baseline.kind === "none" && around.first_at !== null;
  if (!isFirst || whole === undefined || around.first_at === null) return [];
  if (window.untilMs - around.first_at < KNOWN_LEAST_MS || whole.now.orders < ORDERS_LEAST) return [];
  const { now } = whole;
  const figures: Figures = {
    since: time(Math.max(around.first_at, window.fromMs)),
    orders: count(now.orders),
    revenue: money(now.revenue, seen.currency),
    sessions: count(now.sessions),
    conversion: { value: now.sessions === 0 ? 0 : (100 * now.orders) / now.sessions, unit: "per_100" },
  };
  const tell = teller(figures);
  const visits =
    now.sessions >= now.orders ? phrase`, from ${tell("sessions")} sessions: ${tell("conversion")}` : phrase``;
  return [
    {
      ...BARE,
      id: findingId("first_day"),
      kind: "first_day",
      severity: "info",
      title: sentence`the first day: ${tell("orders")} orders`,
      sentences: [
        sentence`since ${tell("since")} UTC there were ${tell("orders")} orders for ${tell("revenue")}${visits}.`,
        sentence`what has changed can be told once the same hours of an earlier day are known.`,
      ],
      figures,
      evidence: { test: "counted", p: null, occasions: 0 },
      next: [links.metric("See the day by category", "revenue", "category", window)],
    },
  ];
}
