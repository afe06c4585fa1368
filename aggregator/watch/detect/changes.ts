import * as z from "zod";
import { Evidence, gather } from "./cusum.ts";

/** A change that is looked for: so many times of what is expected, and the evidence at which it is believed. */
export interface Change {
  ratio: number;
  limitNats: number;
}

/**
 * Pairs for changes of a third and of a half or double. At any volume chance alone passes each limit less than once in 100 days, and
 * those upwards less than once in 150: a shop can bear to hear later of too many orders.
 */
export const CHANGES: readonly Change[] = [
  { ratio: 0.5, limitNats: 10 },
  { ratio: 0.7, limitNats: 10 },
  { ratio: 1.5, limitNats: 10.5 },
  { ratio: 2, limitNats: 10.5 },
];

/** So much should have come and nothing did: by chance less than once in 150,000 times. */
export const SILENCE: readonly Change[] = [{ ratio: 0.05, limitNats: 12 }];

/** What speaks for each of the changes, in their order. */
export const Evidences = z.array(Evidence.nullable()).readonly();
export type Evidences = z.infer<typeof Evidences>;

/**
 * @param nats how much this minute alone says for a ratio
 * @param looks how many series are looked at beside each other: the more, the more one of them has to say
 */
export function stepChanges(
  before: Evidences,
  changes: readonly Change[],
  {
    observed,
    expected,
    nats,
    looks,
  }: { observed: number; expected: number; nats(ratio: number): number; looks: number },
): (Evidence | null)[] {
  return changes.map(({ ratio, limitNats }, index) =>
    gather(before[index] ?? null, { nats: nats(ratio), observed, expected }, limitNats + Math.log(looks)),
  );
}

/** Those of the changes that are believed, most evidence over its limit first. */
export function believed(
  evidences: Evidences,
  changes: readonly Change[],
  looks: number,
): { change: Change; evidence: Evidence }[] {
  return changes
    .flatMap((change, index) => {
      const evidence = evidences[index] ?? null;
      return evidence === null ? [] : [{ change, evidence, over: evidence.nats - change.limitNats - Math.log(looks) }];
    })
    .filter(({ over }) => over >= 0)
    .sort((a, b) => b.over - a.over)
    .map(({ change, evidence }) => ({ change, evidence }));
}
