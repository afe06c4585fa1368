const TURN_MS = 10;

/** Waits until those who wait are answered: what comes next holds the isolate's one thread for a good while. */
export function answerFirst(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, TURN_MS));
}
