import { isAmong, type Facts, type KnownEntity } from "../facts.ts";
import type { EntityKind } from "../profile/links.ts";

/** Kinds that are one person's, or one household's; a network is anybody's. */
export const PERSONAL: readonly EntityKind[] = ["customer", "email", "client", "card"];

/** An entity with how much of something it has. */
export interface Measured extends KnownEntity {
  value: number;
}

/**
 * Of the entities of these kinds that an event came through, the one with most of something; null when none has any.
 *
 * @param least of it, above 0, where less is as good as nothing
 */
export function mostThrough(
  { subject, counters }: Facts,
  kinds: readonly EntityKind[],
  measure: (entity: KnownEntity) => number,
  least = 0,
): Measured | null {
  let found: KnownEntity | null = null;
  let most = 0;
  // The subject first. On every event, so without a list of both.
  for (let index = -1; index < counters.length; index++) {
    const entity = index < 0 ? subject : counters[index];
    if (!entity || !isAmong(kinds, entity.kind)) continue;
    const value = measure(entity);
    if (!(value > most)) continue;
    found = entity;
    most = value;
  }
  return found === null || most < least ? null : { kind: found.kind, before: found.before, value: most };
}
