const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * npm passes on the Ctrl-C that the terminal has already sent to everybody: two signals of one key stroke, which people cannot
 * repeat this fast.
 */
const SAME_STROKE_MS = 500;

interface Signals {
  on(signal: string, listener: () => void): unknown;
}

/**
 * Call `stop` at the first signal to end, and `endNow` when the user asks again.
 *
 * @param process where the signals come from
 */
export function onStopSignals(
  process: Signals,
  { stop, endNow }: { stop(): void; endNow(): void },
  nowMs: () => number = () => performance.now(),
): void {
  let firstMs: number | undefined;
  const listener = () => {
    if (firstMs === undefined) {
      firstMs = nowMs();
      stop();
    } else if (nowMs() - firstMs >= SAME_STROKE_MS) {
      endNow();
    }
  };
  for (const signal of SIGNALS) process.on(signal, listener);
}

const PARENT_LOOK_MS = 500;

/**
 * Call `stop` when npm, which started this process, is gone: killed in some way it could not pass on. Otherwise what `npm start` began
 * would go on with nobody to end it. Does nothing when npm did not start this process.
 */
export function onNpmGone(
  environment: Record<string, string | undefined>,
  parentId: () => number,
  stop: () => void,
): void {
  if (environment["npm_lifecycle_event"] === undefined) return;
  const startedBy = parentId();
  const timer = setInterval(() => {
    if (parentId() === startedBy) return;
    clearInterval(timer);
    stop();
  }, PARENT_LOOK_MS);
  timer.unref();
}
