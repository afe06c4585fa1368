import { describe, expect, it } from "vitest";
import { exponential, seededRandom } from "../random.ts";
import { observation } from "../test-facts.ts";
import type { Observation } from "./observation.ts";
import { learnVisit, lookVisit, type Visit } from "./visit.ts";

const AT_MS = Date.parse("2026-03-10T12:30:00Z");
const MINUTE_MS = 60_000;

function seen(agoMs: number, changes: Partial<Observation> = {}): Observation {
  return observation({ atMs: AT_MS - agoMs, act: "view", visit: "s-1", ...changes });
}

function after(...all: Observation[]): Visit | null {
  let visit: Visit | null = null;
  for (const one of all) visit = learnVisit(visit, one);
  return visit;
}

/** Views at these gaps, the last one now. */
function viewsAt(gapsMs: readonly number[]): Observation[] {
  let agoMs = gapsMs.reduce((sum, gap) => sum + gap, 0);
  return [seen(agoMs), ...gapsMs.map((gap) => seen((agoMs -= gap)))];
}

describe("lookVisit", () => {
  it.each([
    { because: "it began with a view 2 min ago", before: [seen(2 * MINUTE_MS), seen(5_000)], ms: 2 * MINUTE_MS },
    { because: "it began just now", before: [seen(0)], ms: 0 },
    { because: "nothing came before", before: [], ms: NaN },
    { because: "only another session came before", before: [seen(5_000, { visit: "s-0" })], ms: NaN },
    { because: "another session came between", before: [seen(9_000), seen(5_000, { visit: "s-0" })], ms: NaN },
    { because: "what came before names no session", before: [seen(5_000, { visit: null })], ms: NaN },
    { because: "this came before all that is known", before: [seen(-5_000)], ms: NaN },
    { because: "its beginning came late", before: [seen(5_000), seen(9_000)], ms: 9_000 },
    {
      because: "a shop's server named no session between",
      before: [seen(9_000), seen(1, { act: "order", visit: null })],
      ms: 9_000,
    },
  ])("says $ms ms of a session: $because", ({ before, ms }) => {
    expect(lookVisit(after(...before), seen(0)).visitMs).toBe(ms);
  });

  it("knows no session of an event that names none", () => {
    expect(lookVisit(after(seen(5_000)), seen(0, { visit: null })).visitMs).toBeNaN();
  });

  it("finds a timer's gaps even, at any pace of half a second and more", () => {
    for (const gapMs of [500, 3_000, 60_000]) {
      const { viewGaps, viewGapVariation } = lookVisit(after(...viewsAt(Array<number>(20).fill(gapMs))), seen(0));
      expect(viewGaps).toBe(20);
      expect(viewGapVariation).toBeLessThan(0.01);
    }
  });

  it("finds a timer even that is told twice, as a page and as what is on it", () => {
    const views = viewsAt(Array<number>(20).fill(3_000)).flatMap((view) => [view, { ...view, atMs: view.atMs + 40 }]);
    const { viewGaps, viewGapVariation } = lookVisit(after(...views), seen(-100));
    expect(viewGaps).toBe(20);
    expect(viewGapVariation).toBeLessThan(0.01);
  });

  it("finds people's gaps uneven", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = seededRandom(seed);
      const gapsMs = Array.from({ length: 30 }, () => 1_000 + Math.round(exponential(random, 20_000)));
      expect(lookVisit(after(...viewsAt(gapsMs)), seen(0)).viewGapVariation).toBeGreaterThan(0.5);
    }
  });

  it.each([
    { because: "no gap", gapsMs: [], gaps: 0, known: false },
    { because: "one gap", gapsMs: [5_000], gaps: 1, known: false },
    { because: "two gaps", gapsMs: [5_000, 7_000], gaps: 2, known: true },
    { because: "a pause that begins anew", gapsMs: [5_000, 5_000, 10 * MINUTE_MS, 4_000], gaps: 1, known: false },
  ])("knows how even after $because: $known", ({ gapsMs, gaps, known }) => {
    const { viewGaps, viewGapVariation } = lookVisit(after(...viewsAt(gapsMs)), seen(0));
    expect(viewGaps).toBe(gaps);
    expect(Number.isNaN(viewGapVariation)).toBe(!known);
  });

  it("measures the pace of views alone, across sessions and without any", () => {
    const views = viewsAt(Array<number>(12).fill(2_000));
    const mixed = views.flatMap((view, index) => [
      { ...view, visit: index < 6 ? null : `s-${index}` },
      { ...view, act: "cart_add" as const, atMs: view.atMs + 700 },
    ]);
    expect(lookVisit(after(...mixed), seen(-700)).viewGaps).toBe(12);
  });

  it("forgets the pace after ten minutes, and does not tell it to an event of before", () => {
    const visit = after(...viewsAt(Array<number>(12).fill(2_000)));
    expect(lookVisit(visit, seen(1 - 10 * MINUTE_MS)).viewGaps).toBe(12);
    expect(lookVisit(visit, seen(-10 * MINUTE_MS)).viewGaps).toBe(0);
    expect(lookVisit(visit, seen(1))).toMatchObject({ viewGaps: 0, viewGapVariation: NaN });
  });

  it("keeps the pace when a view comes late", () => {
    const views = viewsAt(Array<number>(12).fill(2_000));
    expect(lookVisit(after(...views, seen(3_000)), seen(0))).toEqual(lookVisit(after(...views), seen(0)));
  });
});
