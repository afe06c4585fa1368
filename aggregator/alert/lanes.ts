/** Attempts at once: a Worker holds six connections, and what waits for a seventh would lose its deadline. */
const AT_ONCE = 6;
/** Attempts at once to one webhook, so that one that hangs never takes all. */
const AT_ONCE_PER_WEBHOOK = 2;
/** No attempt begins later than this after the first, so that the runs of a cron do not pile up. */
const RUN_MS = 45_000;

/** What an attempt says of its endpoint: whether it answered in time, or nothing. */
export type Heard = "answered" | "silent" | "nothing";

/**
 * Works through a list in its order, six at a time, at most two of them for the same webhook.
 *
 * An attempt without an answer keeps its place until another to that webhook is answered: after two the webhook is left alone,
 * because each more would hold a lane for its whole deadline. That, and everything after 45 s, is left undone.
 *
 * @param attempt never rejects
 */
export async function attemptFairly<T extends { webhook_id: string }>(
  items: readonly T[],
  nowMs: () => number,
  attempt: (item: T) => Promise<Heard>,
): Promise<void> {
  const endMs = nowMs() + RUN_MS;
  const left = [...items];
  const running = new Map<string, number>();
  const silent = new Map<string, number>();
  const count = (map: Map<string, number>, id: string) => map.get(id) ?? 0;

  const takeNext = (): T | undefined => {
    if (nowMs() > endMs) return undefined;
    const at = left.findIndex(({ webhook_id: id }) => count(running, id) + count(silent, id) < AT_ONCE_PER_WEBHOOK);
    return at === -1 ? undefined : left.splice(at, 1)[0];
  };

  const lane = async () => {
    for (let item = takeNext(); item !== undefined; item = takeNext()) {
      const { webhook_id: id } = item;
      running.set(id, count(running, id) + 1);
      const heard = await attempt(item);
      running.set(id, count(running, id) - 1);
      if (heard === "answered") silent.delete(id);
      if (heard === "silent") silent.set(id, count(silent, id) + 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}
