import { Problem } from "../../shared/problem.ts";

/** Whole minutes, `to` not included. */
export interface Window {
  from: Date;
  to: Date;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** What Postgres and RFC 3339 can both say. */
const FIRST_MS = Date.parse("0001-01-01T00:00:00Z");
const LAST_MS = Date.parse("9999-12-31T23:59:00Z");

/**
 * The window that is asked for, widened to whole minutes, as that is how events are counted.
 *
 * @param from RFC 3339; a day before `to` when undefined
 * @param to RFC 3339; now when undefined
 * @throws Problem `invalid` when it is empty
 */
export function wholeMinutes(from: string | undefined, to: string | undefined, nowMs: number): Window {
  const toMs = to === undefined ? nowMs : Date.parse(to);
  const fromMs = from === undefined ? toMs - DAY_MS : Date.parse(from);
  if (fromMs >= toMs) {
    const errors = [{ pointer: "/to", detail: "must be later than `from`" }];
    throw new Problem("invalid", "The window is empty.", { errors });
  }
  return {
    from: new Date(Math.max(FIRST_MS, Math.floor(fromMs / MINUTE_MS) * MINUTE_MS)),
    to: new Date(Math.min(LAST_MS, Math.ceil(toMs / MINUTE_MS) * MINUTE_MS)),
  };
}
