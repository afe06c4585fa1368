import { anomaliesOf, BARE, count, findingId, money, windowFigures, windowWords } from "../draft.ts";
import type { Facts } from "../facts.ts";
import type { Draft, Figures } from "../finding.ts";
import { links } from "../links.ts";
import { LOOKED_BACK_MS } from "../read-new.ts";
import type { Scope } from "../sums.ts";
import { memberName, memberWords, phrase, sentence, teller } from "../words.ts";
import { NOT_SET, OTHER } from "../../store/rollups.ts";

const ORDERS_LEAST = 5;
const EVENTS_LEAST = 100;
const CANDIDATES_MOST = 10;
/** A shop that began last week has new countries every day. */
const KNOWN_LEAST_MS = 14 * 24 * 60 * 60_000;

/** Members with volume of which there was nothing on any occasion: to be looked up further back. */
export function candidatesForNew({ seen, window, around }: Pick<Facts, "seen" | "window" | "around">): Scope[] {
  if (around.first_at === null || window.fromMs - around.first_at < KNOWN_LEAST_MS) return [];
  return seen.scopes
    .filter(({ dimension, member, now, before }) => {
      if (
        (dimension !== "country" && dimension !== "category" && dimension !== "name") ||
        member === NOT_SET ||
        member === OTHER
      )
        return false;
      const isMuch =
        dimension === "name"
          ? now.events >= EVENTS_LEAST
          : now.orders >= ORDERS_LEAST || (dimension === "country" && now.events >= EVENTS_LEAST);
      return isMuch && before.every((sums) => sums.events === 0 && sums.orders === 0);
    })
    .slice(0, CANDIDATES_MOST);
}

/** A country, category or kind of event that there never was before, with more than a stray visit. */
export function newMemberStory({ dimension, member, now }: Scope, facts: Facts): Draft {
  const { currency } = facts.seen;
  const knownMs = Math.min(LOOKED_BACK_MS, facts.window.fromMs - (facts.around.first_at ?? facts.window.fromMs));
  const figures: Figures = {
    ...windowFigures(facts),
    events: count(now.events),
    orders: count(now.orders),
    revenue: money(now.revenue, currency),
    known: { value: knownMs, unit: "ms" },
    anomalies: count(now.anomalies),
  };
  const tell = teller(figures);
  const whose = memberWords(dimension, member);
  const name = memberName(dimension, member);
  const came =
    now.orders > 0
      ? phrase`${tell("orders")} ${now.orders === 1 ? "order" : "orders"}${currency === null ? phrase`` : phrase`, ${tell("revenue")} in all,`} came${whose}`
      : phrase`${tell("events")} events came${whose}`;
  return {
    ...BARE,
    id: findingId("new", dimension, member),
    kind: "new_member",
    severity: now.anomalies > 0.1 * now.events && now.events > 0 ? "warning" : "notice",
    title:
      dimension === "country"
        ? sentence`first ${now.orders > 0 ? "orders" : "visits"}${whose}`
        : sentence`a new ${dimension === "name" ? "kind of event" : dimension}: ${name}`,
    sentences: [
      sentence`${came} ${windowWords(figures)}; in the ${tell("known")} before there was nothing.`,
      ...(now.anomalies > 0 ? [sentence`${tell("anomalies")} of the ${tell("events")} events were anomalies.`] : []),
    ],
    figures,
    change: {
      metric: now.orders > 0 ? "orders" : "events",
      value: now.orders || now.events,
      usual: 0,
      ratio: null,
      difference: now.orders || now.events,
    },
    evidence: { test: "counted", p: null, occasions: facts.baseline.occasions.length },
    segments:
      dimension === "all" ? [] : [{ dimension, member, value: now.orders || now.events, usual: 0, contribution: null }],
    related: { ...BARE.related, anomalies: anomaliesOf(facts, dimension, member) },
    next: [
      links.metric(
        `See it beside the others, by ${dimension}`,
        dimension === "name" ? "events" : "orders",
        dimension,
        facts.window,
      ),
      ...(now.anomalies > 0 ? [links.anomalies("Look at the anomalies", facts.window)] : []),
    ],
  };
}
