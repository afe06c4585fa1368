import type { Side } from "../watch/watched.ts";
import type { Change } from "./find-changes.ts";
import type { TestedName } from "./tested.ts";

/** Changes with one cause: what it is named after, and what else it shows in. */
export interface Group {
  lead: Change;
  others: readonly Change[];
}

/** What is bought, by how much, by whom: one cause shows in several of them. */
const DEMAND: readonly TestedName[] = ["revenue", "orders", "conversion", "sessions", "order_value"];
const RATES: readonly TestedName[] = ["decline_rate", "refunds", "anomaly_rate", "events"];

/** A price is why everything brings in less, when it is why so much of it does. */
const PRICE_EXPLAINS = 0.5;
/** Declined payments are why orders are missing, when they are so many of them. */
const DECLINES_EXPLAIN = 0.3;

/** Brings changes that have one cause together, so that an outage is one finding and not five. */
export function groupChanges(changes: readonly Change[]): Group[] {
  const prices = changes.filter(({ metric }) => metric === "piece_price").map((lead) => priceGroup(lead, changes));
  const explained = new Set(prices.flatMap(({ lead, others }) => [lead, ...others]));
  const rest = changes.filter((change) => !explained.has(change));
  const demand = (["down", "up"] as const).flatMap((side) => ofSide(rest, DEMAND, side));
  const rates = RATES.flatMap((metric) => ofSide(rest, [metric], metric === "events" ? "down" : "up"));
  return withDeclines([...prices, ...withVisits(demand), ...rates]);
}

/** A category whose pieces sell for less, and so brings in less, or sells more; and everything, where this is why. */
function priceGroup(lead: Change, changes: readonly Change[]): Group {
  const others = changes.filter((change) => {
    if (change.dimension === "category")
      return change.member === lead.member && change !== lead && change.metric !== "piece_price";
    const isMoney = change.metric === "revenue" || change.metric === "order_value";
    return (
      isMoney && change.side === lead.side && Math.abs(lead.difference) >= PRICE_EXPLAINS * Math.abs(change.difference)
    );
  });
  return { lead, others };
}

function ofSide(changes: readonly Change[], metrics: readonly TestedName[], side: Side): Group[] {
  const own = changes
    .filter((change) => change.side === side && metrics.includes(change.metric))
    .toSorted((a, b) => metrics.indexOf(a.metric) - metrics.indexOf(b.metric));
  const [whole, ...others] = own.filter(({ dimension }) => dimension === "all");
  if (whole !== undefined)
    return [{ lead: whole, others: [...others, ...own.filter(({ dimension }) => dimension !== "all")] }];
  const members = [...Map.groupBy(own, ({ dimension, member }) => `${dimension} ${member}`).values()];
  return folded(members.flatMap(([lead, ...more]) => (lead === undefined ? [] : [{ lead, others: more }])));
}

/** How much more than a member's a difference may be that is only its effect on another dimension: part of chance. */
const FOLDED_TIMES = 1.3;

/**
 * The sharpest change of a member explains those of other dimensions that are not larger: orders that are missing from a country are
 * missing from devices and categories too.
 */
function folded(groups: readonly Group[]): Group[] {
  const sharpest = groups.toSorted((a, b) => sharpness(b.lead) - sharpness(a.lead));
  const kept: { lead: Change; others: Change[] }[] = [];
  for (const { lead, others } of sharpest) {
    const cause = kept.find((own) => own.lead.dimension !== lead.dimension && isPartOf(lead, own));
    if (cause === undefined) kept.push({ lead, others: [...others] });
    else cause.others.push(lead, ...others);
  }
  return kept;
}

function sharpness({ ratio }: Change): number {
  return Math.abs(Math.log(Math.max(ratio, 1e-3)));
}

function isPartOf(change: Change, { lead, others }: Group): boolean {
  const same = [lead, ...others].find((own) => own.metric === change.metric && own.dimension === lead.dimension);
  return same !== undefined && Math.abs(change.difference) <= FOLDED_TIMES * Math.abs(same.difference);
}

/** Visitors who do not buy: fewer orders per session are only the other side of more sessions. */
function withVisits(groups: readonly Group[]): Group[] {
  const isSame = (a: Change, b: Change) => a.dimension === b.dimension && a.member === b.member;
  const visits = groups.filter(({ lead }) => lead.metric === "sessions" && lead.side === "up");
  const hosts = new Map(
    groups.flatMap((group) => {
      const { lead } = group;
      if (lead.metric !== "conversion" || lead.side !== "down") return [];
      const host = visits.find((own) => isSame(own.lead, lead));
      return host === undefined ? [] : [[group, host] as const];
    }),
  );
  return groups
    .filter((group) => !hosts.has(group))
    .map((group) => ({
      ...group,
      others: [
        ...group.others,
        ...[...hosts].flatMap(([from, to]) => (to === group ? [from.lead, ...from.others] : [])),
      ],
    }));
}

/** Payments that are declined are why orders are missing: that is one finding, named after what is lost. */
function withDeclines(groups: readonly Group[]): Group[] {
  const declines = groups.filter(({ lead }) => lead.metric === "decline_rate");
  const hosts = new Map(
    declines.flatMap((group) => {
      const host = groups.find((own) =>
        [group.lead, ...group.others].some(
          (change) => isFor(change, own) && change.difference >= DECLINES_EXPLAIN * lostOrders(own),
        ),
      );
      return host === undefined ? [] : [[group, host] as const];
    }),
  );
  return groups
    .filter((group) => !hosts.has(group))
    .map((group) => ({
      ...group,
      others: [
        ...group.others,
        ...[...hosts].flatMap(([from, to]) => (to === group ? [from.lead, ...from.others] : [])),
      ],
    }));
}

/** Whether orders are lost where payments are declined. */
function isFor({ dimension, member }: Change, { lead, others }: Group): boolean {
  const lost = [lead, ...others].filter(
    ({ metric, side }) => side === "down" && (metric === "orders" || metric === "conversion"),
  );
  return lost.some(
    (own) =>
      (own.dimension === dimension && own.member === member) || (lead.dimension === "all" && dimension !== "all"),
  );
}

function lostOrders({ lead, others }: Group): number {
  const lost = [lead, ...others].find(
    ({ metric, side }) => side === "down" && (metric === "orders" || metric === "conversion"),
  );
  return lost === undefined ? Infinity : -lost.difference;
}
