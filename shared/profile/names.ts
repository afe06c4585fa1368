import { flatText } from "../flat-text.ts";
import { LINKS_OF, type EntityKind } from "./links.ts";

const PREFIXES: Record<EntityKind, string> = {
  customer: "customer:",
  email: "email:",
  client: "client:",
  card: "card:",
  ip: "ip:",
};

/** The name an entity's profile is kept under. */
export function nameOf(kind: EntityKind, key: string): string {
  return flatText(PREFIXES[kind], key);
}

/** Kinds by their lengths, all of which differ. */
const KIND_OF_LENGTH: EntityKind[] = [];
for (const kind of Object.keys(LINKS_OF) as EntityKind[]) KIND_OF_LENGTH[kind.length] = kind; // its own keys

/** The kind in a name; keys may hold anything. Not cut out of it, as every look-up by a new text has to find out which it is. */
export function kindOf(name: string): EntityKind {
  return KIND_OF_LENGTH[name.indexOf(":")] as EntityKind; // only nameOf makes names
}
