import type { Facts, KnownEntity } from "../facts.ts";
import { ENTITY_KINDS, ENTITY_WORDS } from "../observe.ts";
import type { EntityKind } from "../profile/links.ts";
import { isPayment } from "../profile/observation.ts";
import type { Snapshot } from "../profile/snapshot.ts";

/** A feature that could not be known. Below every real value, which are all at least 0, and trained for. */
export const MISSING = -1;

export interface Feature {
  name: string;
  unit: string;
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
type On = "payments" | "all";

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
    value: (facts) =>
      facts.subject === null || !isMeasured(on, facts) ? MISSING : clipped(measure(facts.subject.before, facts)),
    words: (facts) => (facts.subject === null ? name : words(facts.subject.before, facts)),
  };
}

interface EntityFeature {
  name: string;
  unit: string;
  unseenPots?: number;
  evidence?: string;
  on?: On;
  /** Of which entities. */
  kinds?: readonly EntityKind[];
  /** Whether the one whose normal counts is among them. */
  withSubject?: boolean;
  measure(before: Snapshot, facts: Facts): number;
  /** `through` is what the entity is called. */
  words(before: Snapshot, through: string, facts: Facts): string;
}

/** A feature of what the event came through: of all those entities the largest. On payment attempts unless said otherwise. */
export function mostOf(feature: EntityFeature): Feature {
  const { on = "payments", kinds = ENTITY_KINDS, withSubject = false, measure, words, ...named } = feature;
  const top = (facts: Facts): Measured | null => {
    const entities = withSubject && facts.subject !== null ? [facts.subject, ...facts.counters] : facts.counters;
    let found: Measured | null = null;
    for (const entity of entities) {
      if (!kinds.includes(entity.kind)) continue;
      const value = measure(entity.before, facts);
      if (value > (found?.value ?? -Infinity)) found = { entity, value };
    }
    return found;
  };
  return {
    ...named,
    value: (facts) => (isMeasured(on, facts) ? clipped(top(facts)?.value ?? NaN) : MISSING),
    words: (facts) => {
      const found = top(facts);
      return found === null ? named.name : words(found.entity.before, ENTITY_WORDS[found.entity.kind], facts);
    },
  };
}

interface Measured {
  entity: KnownEntity;
  value: number;
}

/** To the suspicious side; what is not known stays unknown. */
function clipped(value: number): number {
  return Number.isNaN(value) ? MISSING : Math.max(0, value);
}

function isMeasured(on: On, { seen }: Facts): boolean {
  return on === "all" || isPayment(seen.act);
}
