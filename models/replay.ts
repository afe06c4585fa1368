import type { KeptEvent } from "../shared/event.ts";
import { factsOf, type Facts } from "../shared/facts.ts";
import { featureVector } from "../shared/features/features.ts";
import { newMemory, recallAll } from "../shared/memory.ts";
import { actOf } from "../shared/observe.ts";
import { isPayment } from "../shared/profile/observation.ts";
import type { Signals } from "../shared/signals.ts";

/** An event with what is scored of it. */
export type Attempt<T> = T & { facts: Facts; vector: Float32Array };

/**
 * Traffic as a shop that begins with it would see it: every event is learned from in turn, and each that is wanted comes out with the
 * facts and features known at that moment.
 *
 * @param traffic in the order of arrival
 * @param isWanted payment attempts unless said otherwise
 */
export function* replay<T extends { event: KeptEvent; signals: Signals }>(
  traffic: Iterable<T>,
  isWanted: (one: T) => boolean = ({ event }) => isPayment(actOf(event)),
): Generator<Attempt<T>, void, undefined> {
  const memory = newMemory();
  for (const one of traffic) {
    const known = recallAll(memory, one.event, one.signals);
    if (!isWanted(one)) continue;
    const facts = factsOf(one.event, one.signals, known);
    yield { ...one, facts, vector: featureVector(facts) };
  }
}
