import { BoundedMap } from "../shared/bounded-map.ts";
import { withDeadline } from "../shared/deadline.ts";
import { networkOf } from "../shared/network.ts";
import { Problem } from "../shared/problem.ts";
import type { ApiKeyRecord } from "../shared/keys.ts";

/**
 * Counts under a name, up to the limit that wrangler.toml sets for a minute.
 *
 * @returns whether it was below the limit before
 */
export type Count = (name: string, events: number) => Promise<boolean>;

export interface Limiters {
  /** Events of a publishable key from one address. */
  publishable: Count;
  /** Events of a secret key. */
  secret: Count;
  /** Refused credentials from one address. */
  refused: Count;
}

export interface Allowance {
  /** @throws Problem `rate-limited` with `Retry-After` when the key may send no more events in this minute */
  spend(key: ApiKeyRecord, address: string, events: number): Promise<void>;
  /** Counts a refused credential. @throws Problem `rate-limited` when there were too many from this address */
  refuse(address: string): Promise<void>;
  /** Whether this isolate knows that an address had too many credentials refused in this minute. */
  isBarred(address: string): boolean;
}

const MINUTE_MS = 60_000;
/** A limiter answers from memory in the same data centre. */
const DEADLINE_MS = 250;
/** Events of a secret key counted ahead at a time: one call then does for many requests. */
const SECRET_AHEAD = 500;
const NAMES_REMEMBERED = 10_000;

/**
 * Rates by key and by address. Limits are the platform's: exact within a data centre, windows of a minute by the clock.
 *
 * A limiter that fails or takes over 250 ms lets everything through: it guards against floods, and an outage of the guard must not
 * close the shop.
 */
export function createAllowance(limiters: Limiters, nowMs: () => number): Allowance {
  const ahead = new BoundedMap<{ minute: number; events: number }>(NAMES_REMEMBERED);
  const barred = new BoundedMap<number>(NAMES_REMEMBERED);
  const minuteNow = () => Math.floor(nowMs() / MINUTE_MS);

  const isOver = (name: string) => barred.get(name) === minuteNow();

  async function count(limiter: Count, name: string, events: number): Promise<boolean> {
    if (isOver(name)) return false;
    const minute = minuteNow();
    const isWithin = await withDeadline(limiter(name, events), DEADLINE_MS, "the rate limiter").catch(() => true);
    if (!isWithin) barred.set(name, minute);
    return isWithin;
  }

  /** Takes from what was counted ahead in this minute, and counts ahead anew when that does not do. */
  async function countAhead(name: string, events: number): Promise<boolean> {
    if (isOver(name)) return false;
    const minute = minuteNow();
    const held = ahead.get(name);
    const left = held?.minute === minute ? held.events : 0;
    if (left >= events) {
      ahead.set(name, { minute, events: left - events });
      return true;
    }
    const more = Math.max(SECRET_AHEAD, events - left);
    // Taken at once, so that requests that arrive meanwhile do not all count ahead.
    ahead.set(name, { minute, events: left + more - events });
    return count(limiters.secret, name, more);
  }

  function limited(): Problem {
    const seconds = Math.max(1, Math.ceil((MINUTE_MS - (nowMs() % MINUTE_MS)) / 1000));
    return new Problem("rate-limited", "Too many came in this minute.", {
      headers: { "retry-after": String(seconds) },
    });
  }

  return {
    async spend(key, address, events) {
      const isWithin =
        key.kind === "secret"
          ? await countAhead(`key ${key.id}`, events)
          : await count(limiters.publishable, `key ${key.id} ${address}`, events);
      if (!isWithin) throw limited();
    },
    async refuse(address) {
      if (!(await count(limiters.refused, `refused ${address}`, 1))) throw limited();
    },
    isBarred: (address) => isOver(`refused ${address}`),
  };
}

/** The address that rates are counted by: a shopper's own IPv4, or the /64 that an IPv6 host can choose from at will. */
export function addressOf(headers: Headers): string {
  const address = headers.get("cf-connecting-ip") ?? "";
  return address.includes(":") ? (networkOf(address) ?? "none") : address === "" ? "none" : address;
}
