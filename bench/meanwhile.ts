import { sleep } from "./load.ts";

/** Does work, and something else beside it now and then, which is over when this settles. @throws what either throws */
export async function meanwhile<T>(everyMs: number, work: () => Promise<T>, beside: () => Promise<void>): Promise<T> {
  const run = { isOver: false };
  const repeating = (async () => {
    while (!run.isOver) {
      await beside();
      await sleep(everyMs);
    }
  })();
  repeating.catch(() => undefined); // told below, when the work is done
  try {
    return await work();
  } finally {
    run.isOver = true;
    await repeating;
  }
}
