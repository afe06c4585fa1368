import type { Observation } from "./observation.ts";

/** Views further apart than this belong to different sittings. */
const SITTING_MS = 10 * 60_000;
/** Views closer together than this are one page, told in several ways: as a page, and as the product or the list on it. */
const SAME_PAGE_MS = 500;

/** How an entity is moving through the shop just now. */
export interface Visit {
  /** The session's name; null when its events name none, and then only the pace of views is kept. */
  key: string | null;
  startedMs: number;
  /** Of the last page; 0 before the first. */
  viewedMs: number;
  /** Gaps between pages in ms: how many, their mean, and the sum of squared deviations from it (Welford). */
  gaps: number;
  gapMean: number;
  gapM2: number;
}

export interface VisitSnapshot {
  /** Since the session's first event; NaN when no page of it was told: a shop that tells of logins and orders alone knows no beginning. */
  visitMs: number;
  /** Gaps between the pages of this sitting. */
  viewGaps: number;
  /** Standard deviation of the gaps over their mean; NaN with fewer than two. People's is about 1, a timer's near 0. */
  viewGapVariation: number;
}

export function lookVisit(visit: Visit | null, { atMs, visit: key }: Observation): VisitSnapshot {
  const isSame = visit !== null && key !== null && visit.key === key && atMs >= visit.startedMs;
  const isSitting = visit !== null && atMs >= visit.viewedMs && atMs - visit.viewedMs < SITTING_MS;
  return {
    visitMs: isSame && visit.viewedMs >= visit.startedMs ? atMs - visit.startedMs : NaN,
    viewGaps: isSitting ? visit.gaps : 0,
    viewGapVariation:
      isSitting && visit.gaps >= 2 ? Math.sqrt(visit.gapM2 / (visit.gaps - 1)) / Math.max(visit.gapMean, 1) : NaN,
  };
}

export function learnVisit(visit: Visit | null, { atMs, act, visit: key }: Observation): Visit | null {
  if (key === null && act !== "view") return visit;
  const isSame = visit !== null && visit.key === key;
  const now = isSame ? visit : begun(visit, key, atMs);
  now.startedMs = Math.min(now.startedMs, atMs);
  if (act === "view") learnView(now, atMs);
  return now;
}

/** The pace of views goes on from one visit to the next. */
function begun(before: Visit | null, key: string | null, startedMs: number): Visit {
  if (before === null) return { key, startedMs, viewedMs: 0, gaps: 0, gapMean: 0, gapM2: 0 };
  const { viewedMs, gaps, gapMean, gapM2 } = before;
  return { key, startedMs, viewedMs, gaps, gapMean, gapM2 };
}

function learnView(visit: Visit, atMs: number): void {
  const gap = atMs - visit.viewedMs;
  if (gap < SAME_PAGE_MS) return;
  visit.viewedMs = atMs;
  if (gap >= SITTING_MS) {
    visit.gaps = visit.gapMean = visit.gapM2 = 0;
    return;
  }
  const delta = gap - visit.gapMean;
  visit.gaps++;
  visit.gapMean += delta / visit.gaps;
  visit.gapM2 += delta * (gap - visit.gapMean);
}
