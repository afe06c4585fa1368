import type { Side } from "../watch/watched.ts";
import type { Balance } from "../accounts/balance.ts";
import type { Around } from "./read-around.ts";
import type { Anomalies } from "./read-waves.ts";
import type { Sample } from "./read-sample.ts";
import type { Hours } from "./read-hours.ts";
import type { Scope, Seen } from "./sums.ts";
import type { Dimension } from "../store/rollups.ts";
import type { Baseline, Span, WindowName } from "./window.ts";

/** Everything that is known of a window, from which findings are made. */
export interface Facts {
  name: WindowName;
  window: Span;
  /** What the calendar says of it. */
  expectation: { isIgnored: boolean; factor: number; held: readonly Side[] };
  baseline: Baseline;
  seen: Seen;
  anomalies: Anomalies;
  around: Around;
  /** The latest events of the window, and of as long a time a week or a day before; null where that is not known. */
  samples: { now: Sample; before: Sample | null };
  books: Balance | null;
}

/** What is looked up for what was found. */
export interface Details {
  hours: Hours | null;
  /** Members of which nothing was known before. */
  fresh: readonly Scope[];
}

export function scopeOf({ seen }: Pick<Facts, "seen">, dimension: Dimension, member: string): Scope | undefined {
  return seen.scopes.find((scope) => scope.dimension === dimension && scope.member === member);
}
