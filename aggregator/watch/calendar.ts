import * as z from "zod";
import type { Side } from "./watched.ts";

export const DayKind = z.enum(["busy", "quiet", "ignore"]);
export type DayKind = z.infer<typeof DayKind>;

/** Days in UTC that are known to be unlike others, both included. */
export interface CalendarDays {
  /** `2026-11-27` */
  from: string;
  to: string;
  kind: DayKind;
  /** How many times the usual there will be, where that is known. */
  factor: number | null;
}

/** What the calendar says of a day. */
export interface Mark {
  /** Nothing is told and nothing gathered. */
  isIgnored: boolean;
  /** Sides that are not told. */
  held: readonly Side[];
  /** What is expected, times this. */
  factor: number;
  /** Whether the day is like others, and what is usual may be learned from it. */
  isTaught: boolean;
}

const UNMARKED: Mark = { isIgnored: false, held: [], factor: 1, isTaught: true };

/**
 * What all marks of a day say together: factors are multiplied. A busy day without one holds back what is above the usual, a quiet one
 * what is below; with one, the day is watched against as many times the usual.
 */
export function markOf(days: readonly CalendarDays[], atMs: number): Mark {
  const day = new Date(atMs).toISOString().slice(0, 10);
  return days
    .filter(({ from, to }) => from <= day && day <= to)
    .reduce<Mark>(
      (mark, { kind, factor }) => ({
        isIgnored: mark.isIgnored || kind === "ignore",
        held: kind === "ignore" || factor !== null ? mark.held : [...mark.held, kind === "busy" ? "up" : "down"],
        factor: mark.factor * (factor ?? 1),
        isTaught: false,
      }),
      UNMARKED,
    );
}
