import { spanWords, time } from "../draft.ts";
import type { Details, Facts } from "../facts.ts";
import type { Figures, Sentence } from "../finding.ts";
import { stretchOf } from "../stretch.ts";
import type { Dimension } from "../../store/rollups.ts";
import { sentence } from "../words.ts";

const HOUR_MS = 60 * 60_000;

interface Where {
  dimension: Dimension;
  member: string;
}

/** In which hours most of a difference is, where it is not in all of them. */
export function whenSentence(
  of: "orders" | "declines",
  side: "up" | "down",
  where: Where,
  { facts: { window }, details: { hours }, figures }: { facts: Facts; details: Details; figures: Figures },
): Sentence[] {
  if (hours === null) return [];
  const { now, usual } = hours(of, where);
  const stretch = stretchOf(now, usual, side);
  if (stretch === null) return [];
  figures["mostly_from"] = time(window.fromMs + stretch.from * HOUR_MS);
  figures["mostly_to"] = time(window.fromMs + stretch.until * HOUR_MS);
  return [sentence`most of it lies ${spanWords(figures, "mostly_from", "mostly_to")}.`];
}
