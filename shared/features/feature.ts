import { isAmong, type Facts, type KnownEntity } from "../facts.ts";
import { ENTITY_WORDS } from "../observe.ts";
import type { EntityKind } from "../profile/links.ts";
import type { Snapshot } from "../profile/snapshot.ts";

/** A feature that could not be known. Below every real value, which are all at least 0, and trained for. */
export const MISSING = -1;

export interface Feature {
  name: string;
  unit: string;
  /** Of other events it is MISSING, and nothing is asked. */
  on: On;
  /** One-sided: 0 is harmless and only larger is stranger. MISSING when it cannot be known. */
  value(facts: Facts): number;
  /** What each unit of it is worth, as a pot, where a calibration's rows hold none above 0; 1 when not given. */
  unseenPots?: number;
  /** Features of one evidence measure the same on different yardsticks: of them the strangest counts. Its own when not given. */
  evidence?: string;
  /** What the value means for this event, in words with the real figures. Only asked where the value is above 0. */
  words(facts: Facts): string;
}

/** On which events a feature is measured. */
export type On = "payments" | "all";

interface SubjectFeature {
  name: string;
  unit: string;
  unseenPots?: number;
  evidence?: string;
  on?: On;
  measure(before: Snapshot, facts: Facts): number;
  words(before: Snapshot, facts: Facts): string;
}

/** A feature of the one whose normal counts; on payment attempts unless said otherwise. */
export function ofSubject({ on = "payments", measure, words, ...named }: SubjectFeature): Feature {
  const { name } = named;
  return {
    ...named,
    on,
    value: (facts) => (facts.subject === null ? MISSING : clipped(measure(facts.subject.before, facts))),
    words: (facts) => (facts.subject === null ? name : words(facts.subject.before, facts)),
  };
}

interface EntityFeature {
  name: string;
  unit: string;
  unseenPots?: number;
  evidence?: string;
  on?: On;
  /** Of which entities; of all when not given. */
  kinds?: readonly EntityKind[];
  /** Whether the one whose normal counts is among them. */
  withSubject?: boolean;
  /** NaN where it is not known of an entity. */
  measure(before: Snapshot, facts: Facts): number;
  /**
   * Makes the value of the largest measure. Only of counts: of two that differ by little more than rounding it could make one value, and
   * then the first entity counts. The measure itself when not given.
   */
  scale?(measure: number): number;
  /** `through` is what the entity is called. */
  words(before: Snapshot, through: string, facts: Facts): string;
}

/** A feature of what the event came through: of all those entities the largest. On payment attempts unless said otherwise. */
export function mostOf(feature: EntityFeature): Feature {
  const { on = "payments", kinds, withSubject = false, measure, scale = unscaled, words, ...named } = feature;
  const top = (facts: Facts): KnownEntity | null => {
    const { subject, counters } = facts;
    let found: KnownEntity | null = null;
    let most = -Infinity;
    // The subject first, where it counts. Of every event, so without a list of both.
    for (let index = withSubject ? -1 : 0; index < counters.length; index++) {
      const entity = index < 0 ? subject : counters[index];
      if (!entity || (kinds !== undefined && !isAmong(kinds, entity.kind))) continue;
      const value = measure(entity.before, facts);
      if (!(value > most)) continue;
      found = entity;
      most = value;
    }
    return found;
  };
  return {
    ...named,
    on,
    value: (facts) => {
      const found = top(facts);
      return found === null ? MISSING : clipped(scale(measure(found.before, facts)));
    },
    words: (facts) => {
      const found = top(facts);
      return found === null ? named.name : words(found.before, ENTITY_WORDS[found.kind], facts);
    },
  };
}

function unscaled(measure: number): number {
  return measure;
}

/** To the suspicious side; what is not known stays unknown. */
function clipped(value: number): number {
  return Number.isNaN(value) ? MISSING : Math.max(0, value);
}
