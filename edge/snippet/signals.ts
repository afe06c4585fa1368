import { newFields, type Fields } from "./json.ts";
import { CADENCE_PAUSE_MS } from "./limits.ts";

/** The rhythm of inputs: how often and how evenly, never which or where. */
export interface Cadence {
  beat(atMs: number): void;
  /** Undefined when there was no input. */
  read(): Fields | undefined;
}

/** Count of inputs, and mean and variance of the time between them, without keeping the times. */
export function createCadence(): Cadence {
  let count = 0;
  let intervals = 0;
  let lastMs = 0;
  let sum = 0;
  let squares = 0;
  return {
    beat(atMs) {
      const intervalMs = atMs - lastMs;
      lastMs = atMs;
      if (!count++ || intervalMs > CADENCE_PAUSE_MS) return;
      intervals++;
      sum += intervalMs;
      squares += intervalMs ** 2;
    },
    read() {
      const mean = sum / (intervals || 1);
      const variance = squares / (intervals || 1) - mean ** 2;
      return count ? { count, mean_ms: Math.round(mean), variance_ms2: Math.round(variance) } : undefined;
    },
  };
}

/** What a page shows of how it is used. Nothing here looks at what is typed, which key it is, or where the pointer is. */
export interface Behaviour {
  /** A new view begins. */
  restart(): void;
  read(): Fields;
}

/** @param listen calls back for each event of a type */
export function watchBehaviour(
  page: Pick<Window, "performance" | "navigator">,
  listen: (type: string, run: () => void) => void,
): Behaviour {
  const nowMs = () => page.performance.now();
  let keys = createCadence();
  let pointer = createCadence();
  let startMs = nowMs();
  listen("keydown", () => keys.beat(nowMs()));
  listen("pointerdown", () => pointer.beat(nowMs()));
  return {
    restart() {
      keys = createCadence();
      pointer = createCadence();
      startMs = nowMs();
    },
    read: () =>
      newFields({
        on_page_ms: Math.round(nowMs() - startMs),
        keys: keys.read(),
        pointer: pointer.read(),
        webdriver: page.navigator.webdriver,
      }),
  };
}
