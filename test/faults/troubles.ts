import { chance, type Random } from "../../shared/random.ts";

/** Everything that may go wrong between a shop and Postgres. */
export const TROUBLES = [
  "the key store is away",
  "a profile store is away",
  "the answer of a profile store is lost",
  "the store of Idempotency-Keys is away",
  "the queue refuses an event",
  "the queue takes an event and seems to refuse it",
  "the queue of counts refuses",
  "the queue of counts takes a message and seems to refuse it",
  "an event is garbled on its way",
  "a message of counts comes that is none",
  "the database is away",
  "the database commits and seems to fail",
  "the consumer is killed before the commit",
  "the consumer is killed after the commit",
  "the spool is away",
  "the spool obeys and seems to fail",
] as const;
export type Trouble = (typeof TROUBLES)[number];

/** Troubles that come and go, and strike so often (0..1) while they are about. What can fail asks, each time, whether it does. */
export function createTroubles(random: Random, probability: number) {
  const about = new Set<Trouble>();
  /** Those that have struck. */
  const struck = new Set<Trouble>();
  return {
    struck,
    /** From now on these are about, and no other. */
    let(...troubles: Trouble[]): void {
      about.clear();
      for (const trouble of troubles) about.add(trouble);
    },
    strikes(trouble: Trouble): boolean {
      if (!about.has(trouble) || !chance(random, probability)) return false;
      struck.add(trouble);
      return true;
    },
    /** A call that one trouble keeps from being made, and another from being heard of. */
    async beset<T>(away: Trouble, unheard: Trouble, call: () => Promise<T>): Promise<T> {
      if (this.strikes(away)) throw new TypeError(away);
      const answer = await call();
      if (this.strikes(unheard)) throw new TypeError(unheard);
      return answer;
    },
  };
}
export type Troubles = ReturnType<typeof createTroubles>;
