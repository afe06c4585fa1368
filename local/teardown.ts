export interface Teardown {
  /** What is to be done at the end for something that was just started. */
  add(what: string, stop: () => Promise<unknown>): void;
  /**
   * Stop everything, the last started first, one after the other. One that fails does not keep the others.
   *
   * @returns what went wrong
   */
  run(): Promise<string[]>;
}

/** The end of a program that starts things one by one, wherever in between it ends. */
export function createTeardown(): Teardown {
  const steps: { what: string; stop: () => Promise<unknown> }[] = [];
  return {
    add: (what, stop) => void steps.push({ what, stop }),
    async run() {
      const failures: string[] = [];
      for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
        try {
          await step.stop();
        } catch (error) {
          failures.push(`${step.what}: ${error instanceof Error ? error.message : String(error)}`);
        }
      }
      return failures;
    },
  };
}
