import type { KeptEvent } from "../shared/event.ts";
import { factsOf, featureVector, type Facts } from "../shared/features.ts";
import { newMemory, recallAll } from "../shared/memory.ts";
import { actOf } from "../shared/observe.ts";
import type { Signals } from "../shared/signals.ts";

/** A payment attempt with what is scored of it. */
export type Attempt<T> = T & { facts: Facts; vector: Float32Array };

/**
 * Traffic as a shop that begins with it would see it: every event is learned from in turn, and each payment attempt comes out with
 * the facts and features known at that moment.
 *
 * @param traffic in the order of arrival
 */
export function* replay<T extends { event: KeptEvent; signals: Signals }>(
  traffic: Iterable<T>,
): Generator<Attempt<T>, void, undefined> {
  const memory = newMemory();
  for (const one of traffic) {
    const known = recallAll(memory, one.event, one.signals);
    if (actOf(one.event) === "other") continue;
    const facts = factsOf(one.event, one.signals, known);
    yield { ...one, facts, vector: featureVector(facts) };
  }
}
