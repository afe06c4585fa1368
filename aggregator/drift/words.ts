import type { DriftCheck } from "./checks.ts";
import { isAtLeast, type DriftLevel } from "./levels.ts";
import type { Compared } from "./report.ts";

const FEATURES_NAMED = 3;

/** What was found, in a sentence. */
export function titleOf({ date, level, report }: Pick<DriftCheck, "date" | "level" | "report">): string {
  const { score, features, alerts } = report;
  const parts = [
    alerts?.isFlood === true && `${alerts.alerts} alerts where ${rounded(alerts.expected)} were expected`,
    score !== null && isAtLeast(score.level, "warn") && `the score is not spread as before (PSI ${rounded(score.psi)})`,
    moved(features),
  ].filter((part) => typeof part === "string");
  return `${LEAD[level ?? "none"]} on ${date}: ${parts.length === 0 ? "nothing moved" : parts.join("; ")}.`;
}

const LEAD: Record<DriftLevel, string> = {
  none: "No drift",
  warn: "Drift",
  act: "Drift that calls for learning anew",
  stop: "Drift that a person has to look at before scores are trusted",
};

function moved(features: readonly Compared[]): string | null {
  const found = features
    .filter(({ level }) => isAtLeast(level, "act"))
    .toSorted((a, b) => b.psi - a.psi || (b.distance?.d ?? 0) - (a.distance?.d ?? 0));
  if (found.length === 0) return null;
  const named = found.slice(0, FEATURES_NAMED).map(({ name, psi }) => `${name} (${rounded(psi)})`);
  const more = found.length - named.length;
  return `moved: ${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(2)));
}
