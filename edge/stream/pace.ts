import type { StreamState } from "./state.ts";

/** How fast a connection may send, and how long it may be silent. */
export interface Pace {
  streamFramesPerMinute: number;
  streamIdleMs: number;
}

const MINUTE_MS = 60_000;
/** How much longer than promised a silent connection may stay, so that its state need not be kept anew for every frame. */
const IDLE_SLACK = 0.1;
/** Of a minute's frames, how many may be forgotten when the object goes to sleep. */
const FORGOTTEN_SHARE = 0.1;

/**
 * Counts a frame, and puts off the end of a connection that has shown its key.
 *
 * @returns whether the state changed so far that it should be kept: every tenth of the idle time and of a minute's frames
 */
export function noteFrame(state: StreamState, atMs: number, pace: Pace): boolean {
  const minute = Math.floor(atMs / MINUTE_MS);
  state.frames = state.minute === minute ? state.frames + 1 : 1;
  state.minute = minute;
  const isDue = state.key !== null && state.closeAtMs < atMs + pace.streamIdleMs;
  if (isDue) putOff(state, atMs, pace);
  return isDue || state.frames % Math.ceil(pace.streamFramesPerMinute * FORGOTTEN_SHARE) === 0;
}

/** After this, the end always lies between one and 1.1 times the idle time ahead. */
export function putOff(state: StreamState, atMs: number, { streamIdleMs }: Pace): void {
  state.closeAtMs = atMs + streamIdleMs * (1 + IDLE_SLACK);
}

/** Until the next minute of the clock, rounded up. */
export function secondsLeft(atMs: number): number {
  return Math.ceil((MINUTE_MS - (atMs % MINUTE_MS)) / 1000);
}
