/** Attempts at once: a Worker holds six connections, and what waits for a seventh would lose its deadline. */
const AT_ONCE = 6;
/** Of them to endpoints that failed last: should all of those hang, the others have the rest. */
const SUSPECTS_AT_ONCE = 2;

/** What an attempt says of its endpoint: it is well, it failed, it has failed so often that no more is to be sent, or nothing. */
export type Heard = "well" | "failed" | "closed off" | "nothing";

interface Item {
  webhook_id: string;
  /** Whether the last thing its endpoint did was to fail. */
  suspect: boolean;
}

/**
 * Works through a list in its order, six at a time: one at a time for each webhook, so that what comes together arrives in order, and two
 * at a time for all webhooks that failed last. What a webhook that is closed off has left, and what is left at the end, is not begun.
 *
 * @param endMs nothing begins later
 * @param attempt never rejects
 */
export async function attemptFairly<T extends Item>(
  items: readonly T[],
  nowMs: () => number,
  endMs: number,
  attempt: (item: T) => Promise<Heard>,
): Promise<void> {
  let left = [...items];
  const suspects = new Set(items.filter(({ suspect }) => suspect).map(({ webhook_id: id }) => id));
  const running = new Set<string>();
  const done = Promise.withResolvers<void>();

  const takeNext = (): T | undefined => {
    if (running.size === AT_ONCE || nowMs() > endMs) return undefined;
    const isFull = [...running].filter((id) => suspects.has(id)).length >= SUSPECTS_AT_ONCE;
    const at = left.findIndex(({ webhook_id: id }) => !running.has(id) && !(isFull && suspects.has(id)));
    return at === -1 ? undefined : left.splice(at, 1)[0];
  };

  const run = async (item: T) => {
    const { webhook_id: id } = item;
    const heard = await attempt(item);
    running.delete(id);
    if (heard === "well") suspects.delete(id);
    if (heard === "failed") suspects.add(id);
    if (heard === "closed off") left = left.filter((waiting) => waiting.webhook_id !== id);
    beginMore();
  };

  const beginMore = () => {
    for (let item = takeNext(); item !== undefined; item = takeNext()) {
      running.add(item.webhook_id);
      void run(item);
    }
    if (running.size === 0) done.resolve();
  };

  beginMore();
  return done.promise;
}
