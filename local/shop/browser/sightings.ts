import { laterOf, type Sighting } from "./sighting.ts";

const KEPT = 100;
const NAME = "shop.sightings";
const CUT_OFF = "the page was left before the answer came";

/** Events seen in this tab, over its pages. */
export interface Sightings {
  take(seen: readonly Sighting[]): void;
  list(): Sighting[];
}

/** @param storage the tab's own; what it does not keep is lost with the page */
export function openSightings(storage: Pick<Storage, "getItem" | "setItem">, onChange: () => void): Sightings {
  const known = new Map<string, Sighting>(earlier(storage).map((sighting) => [sighting.id, sighting]));
  return {
    take(seen) {
      if (seen.length === 0) return;
      for (const sighting of seen) known.set(sighting.id, laterOf(known.get(sighting.id), sighting));
      const kept = [...known.values()].slice(-KEPT);
      try {
        storage.setItem(NAME, JSON.stringify(kept));
      } catch {
        // Full or forbidden: the page goes on with what it knows.
      }
      onChange();
    },
    list: () => [...known.values()],
  };
}

function earlier(storage: Pick<Storage, "getItem">): Sighting[] {
  try {
    const kept = JSON.parse(storage.getItem(NAME) ?? "[]") as Sighting[]; // as `take` wrote it
    return kept.map((sighting) => (sighting.state === "sent" ? { ...sighting, detail: CUT_OFF } : sighting));
  } catch {
    return [];
  }
}
