import { markOf, type CalendarDays, type Mark } from "../watch/calendar.ts";
import { compare } from "./significance.ts";
import { wholeOf, type Scope, type Seen, type Sums } from "./sums.ts";
import type { Baseline, Occasion, Span } from "./window.ts";

const DAY_MS = 24 * 60 * 60_000;

/** An occasion on which hardly anything came says nothing about what is usual: the shop was not connected yet, or all was down. */
const EVENTS_LEAST = 20;
const EVENTS_LEAST_SHARE = 0.02;
/** An occasion this unlike the others was itself unusual; so many of them must be left. */
const UNLIKE_P = 0.001;
const LEFT_LEAST = 3;
/** How unlike each other whole windows are before they have spoken. */
const ASSUMED = { size: 1, wander: 0.02, worth: 4, dispersionLeast: 1 };

/**
 * What the window is held against, without the occasions that are no example: on days the calendar marks, without data, or unlike all
 * the others. Of all members the same are left out, so that their parts still add up.
 */
export function settleBaseline(
  baseline: Baseline,
  seen: Seen,
  days: readonly CalendarDays[],
): { baseline: Baseline; seen: Seen } {
  const whole = wholeOf(seen);
  if (whole === undefined) return { baseline: { kind: "none", occasions: [] }, seen };
  const eventsLeast = Math.max(
    EVENTS_LEAST,
    EVENTS_LEAST_SHARE * Math.max(...whole.before.map(({ events }) => events)),
  );
  let kept = baseline.occasions
    .map((occasion, index) => ({ occasion, index, sums: whole.before[index] }))
    .filter(
      ({ occasion, sums }) =>
        sums !== undefined && sums.events >= eventsLeast && marksOf(occasion, days).every(({ isTaught }) => isTaught),
    );
  while (kept.length > LEFT_LEAST) {
    const strangest = kept.map((own) => ({ own, p: likeOthers(whole, own, kept) })).toSorted((a, b) => a.p - b.p)[0];
    if (strangest === undefined || strangest.p >= UNLIKE_P) break;
    kept = kept.filter((own) => own !== strangest.own);
  }
  const kind = kept.length === 0 ? "none" : baseline.kind;
  return {
    baseline: { kind, occasions: kept.map(({ occasion }) => occasion) },
    seen: {
      ...seen,
      scopes: seen.scopes.map((scope) => ({
        ...scope,
        before: kept.flatMap(({ index }) => scope.before[index] ?? []),
      })),
    },
  };
}

/** How likely an occasion is by chance when the others are as they are, in the worse of what comes and what is ordered. */
function likeOthers(
  whole: Scope,
  own: { index: number },
  kept: readonly { occasion: Occasion; index: number }[],
): number {
  const p = (of: (sums: Sums) => number) => {
    const valueAt = (index: number) => {
      const sums = whole.before[index];
      return sums === undefined ? 0 : of(sums);
    };
    const others = kept
      .filter(({ index }) => index !== own.index)
      .map(({ occasion: { weight }, index }) => ({ weight, value: valueAt(index), units: 1 }));
    return compare({ value: valueAt(own.index), units: 1 }, others, ASSUMED)?.p ?? 1;
  };
  return Math.min(
    p(({ events }) => events),
    p(({ orders }) => orders),
  );
}

/** What the calendar says of a window: how many times the usual there will be, and which sides it explains. */
export function expectationOf(
  window: Span,
  days: readonly CalendarDays[],
): { isIgnored: boolean; factor: number; held: Mark["held"] } {
  const marks = marksOf(window, days);
  return {
    isIgnored: marks.some(({ isIgnored }) => isIgnored),
    factor: marks.reduce((sum, { factor }) => sum + factor, 0) / Math.max(1, marks.length),
    held: marks.flatMap(({ held }) => held),
  };
}

/** The marks of the days a span is in: one for each day begun, by the hours of it that are in the span. */
function marksOf({ fromMs, untilMs }: Span, days: readonly CalendarDays[]): Mark[] {
  const stepMs = untilMs - fromMs > 2 * DAY_MS ? DAY_MS : (untilMs - fromMs) / 24;
  return Array.from({ length: Math.ceil((untilMs - fromMs) / stepMs) }, (_, step) =>
    markOf(days, Math.min(fromMs + (step + 0.5) * stepMs, untilMs - 1)),
  );
}
