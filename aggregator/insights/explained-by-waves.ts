import type { Change } from "./find-changes.ts";
import type { Wave } from "./read-waves.ts";
import type { Scope, Seen } from "./sums.ts";

/** An attack is why a figure has changed when it makes so much of what is beyond the usual. */
const EXPLAINS_LEAST = 0.5;
/** What is no further off than this without the attack's visits is as usual. */
const USUAL_WITHIN = 0.15;

/**
 * The changes that are only what an attack does to the figures, by the attack: payments declined, visits, orders, anomalies, where it came
 * from. What else is wrong there, or elsewhere, is left to be told.
 */
export function explainedByWaves(changes: readonly Change[], waves: readonly Wave[], seen: Seen): Map<Wave, Change[]> {
  const explained = new Map<Wave, Change[]>(waves.map((wave) => [wave, []]));
  for (const change of changes) {
    const cause = waves.find((wave) => explains(wave, change, seen));
    if (cause !== undefined) explained.get(cause)?.push(change);
  }
  return explained;
}

function explains(wave: Wave, change: Change, { scopes }: Seen): boolean {
  const part = wave.parts.find(({ dimension, member }) => dimension === change.dimension && member === change.member);
  if (part === undefined) return false;
  const makes = (count: number) => count >= EXPLAINS_LEAST * change.difference;
  switch (change.metric) {
    case "decline_rate":
      return makes(part.declines);
    case "refunds":
      return makes(part.refunds);
    case "anomaly_rate":
      return makes(part.anomalies);
    case "sessions":
      return change.side === "up" && makes(part.sessions);
    case "orders":
      return change.side === "up" && makes(part.orders);
    case "revenue":
    case "order_value":
      return change.side === "up" && amountOf(wave, scopeOf(scopes, change)) >= EXPLAINS_LEAST * change.difference;
    case "conversion": {
      const scope = scopeOf(scopes, change);
      const visits = (scope?.now.sessions ?? 0) - part.sessions;
      const without = visits <= 0 ? change.usual : ((scope?.now.orders ?? 0) - part.orders) / visits;
      return Math.abs(without / change.usual - 1) <= USUAL_WITHIN;
    }
    case "piece_price":
    case "events":
      return false;
    default:
      return change.metric satisfies never;
  }
}

function scopeOf(scopes: Seen["scopes"], { dimension, member }: Change): Scope | undefined {
  return scopes.find((scope) => scope.dimension === dimension && scope.member === member);
}

/** What its orders brought in, where it is about everything: amounts are not known by member. */
function amountOf({ ordered }: Wave, scope: Scope | undefined): number {
  return scope?.dimension === "all" ? Math.max(0, ...Object.values(ordered)) : 0;
}
