import type { EntityKind } from "./links.ts";

/** The name an entity's profile is kept under. */
export function nameOf(kind: EntityKind, key: string): string {
  return `${kind}:${key}`;
}

/** The kind in a name; keys may hold anything. */
export function kindOf(name: string): EntityKind {
  return name.slice(0, name.indexOf(":")) as EntityKind; // only nameOf makes names
}
