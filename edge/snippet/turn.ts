import { LEASE_MS } from "./limits.ts";
import type { Store } from "./store.ts";

/** What tells the time. */
export interface Clock {
  Date: Pick<DateConstructor, "now">;
}

/** Runs something in one tab of the shop at a time. */
export type TakeTurn = (name: string, run: () => void | Promise<void>) => Promise<void>;

/**
 * With Web Locks, which wait for their turn; else by a lease in storage, where a tab that finds another's lets it be. Two tabs that take
 * a lease in the same instant both run: that is harmless, as an event's id is counted once.
 */
export function createTurns(
  locks: Pick<LockManager, "request"> | undefined,
  store: Store,
  tabId: string,
  { Date }: Clock,
): TakeTurn {
  return async (name, run) => {
    // Not within the call that asks, which may go on to say something about consent.
    await Promise.resolve();
    if (!store.isDurable()) return run();
    if (locks) return locks.request(`pulse.${name}`, run);
    const lease = `lease.${name}`;
    const [holder, until] = store.load(lease).split("|");
    const leftMs = Number(until) - Date.now();
    // A lease that lasts longer than leases do was taken before the clock was set back.
    if (holder !== tabId && leftMs > 0 && leftMs <= LEASE_MS) return;
    store.save(lease, `${tabId}|${Date.now() + LEASE_MS}`);
    try {
      await run();
    } finally {
      store.forget(lease);
    }
  };
}
