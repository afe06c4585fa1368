import { Problem } from "../../shared/problem.ts";
import { ORIGIN, type Grain } from "../store/rollups.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How wide buckets may be, and the grain of the rollups that each is added up from. */
export const INTERVALS = {
  "1m": { widthMs: MINUTE_MS, grain: "1m" },
  "5m": { widthMs: 5 * MINUTE_MS, grain: "1m" },
  "1h": { widthMs: HOUR_MS, grain: "1h" },
  "1d": { widthMs: DAY_MS, grain: "1d" },
  "1w": { widthMs: 7 * DAY_MS, grain: "1d" },
} as const satisfies Record<string, { widthMs: number; grain: Grain }>;
export type Interval = keyof typeof INTERVALS;

/** The interval when none is asked for: the first whose span is enough, so that there are at most some 400 buckets. */
const FITTING: readonly { spanMostMs: number; interval: Interval }[] = [
  { spanMostMs: 3 * HOUR_MS, interval: "1m" },
  { spanMostMs: 16 * HOUR_MS, interval: "5m" },
  { spanMostMs: 14 * DAY_MS, interval: "1h" },
  { spanMostMs: 400 * DAY_MS, interval: "1d" },
];

export const BUCKETS_MOST = 2_000;
const SPAN_DEFAULT_MS = DAY_MS;

const ORIGIN_MS = Date.parse(ORIGIN);
/** What Postgres and RFC 3339 can both say begins here, on a Monday. */
const FIRST_MS = Date.parse("0001-01-01T00:00:00Z");

/** Buckets of one width, each beginning where the one before ends. */
export interface Buckets {
  interval: Interval;
  /** Where the first begins. */
  startMs: number;
  /** Where the last ends. */
  endMs: number;
}

interface Asked {
  /** RFC 3339. */
  from?: string | undefined;
  to?: string | undefined;
  interval?: Interval | undefined;
}

/**
 * The buckets of a window: whole ones in UTC, weeks from Monday, from the one that holds `from` to the last that begins before `to`.
 *
 * @throws Problem `invalid` when the window is empty or has too many
 */
export function bucketsOf({ from, to, interval: asked }: Asked, nowMs: number): Buckets {
  const toMs = to === undefined ? nowMs : Date.parse(to);
  const fromMs = from === undefined ? Math.max(FIRST_MS, toMs - SPAN_DEFAULT_MS) : Date.parse(from);
  if (fromMs >= toMs) refuse("/from", "must be before `to`, which is now when missing");
  const interval = asked ?? FITTING.find(({ spanMostMs }) => toMs - fromMs <= spanMostMs)?.interval ?? "1w";
  const { widthMs } = INTERVALS[interval];
  const startMs = ORIGIN_MS + Math.floor((fromMs - ORIGIN_MS) / widthMs) * widthMs;
  const count = Math.ceil((toMs - startMs) / widthMs);
  if (count > BUCKETS_MOST)
    refuse("/interval", `must be longer, or the window shorter: at most ${BUCKETS_MOST} buckets are answered at once`);
  return { interval, startMs, endMs: startMs + count * widthMs };
}

/** When each bucket begins, ascending. */
export function startsOf({ interval, startMs, endMs }: Buckets): number[] {
  const { widthMs } = INTERVALS[interval];
  return Array.from({ length: (endMs - startMs) / widthMs }, (_, index) => startMs + index * widthMs);
}

function refuse(pointer: string, detail: string): never {
  throw new Problem("invalid", "This window cannot be answered.", { errors: [{ pointer, detail }] });
}
