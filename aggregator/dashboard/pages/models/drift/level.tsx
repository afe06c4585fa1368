import type { Answer } from "../../../api/client.ts";
import { Badge, type Tone } from "../../../parts/badge.tsx";

export type Drift = Answer<"get", "/v1/drift">;
export type Level = NonNullable<Drift["level"]>;

export const LEVELS: Record<Level | "unknown", { name: string; tone: Tone; words: string }> = {
  none: { name: "None", tone: "good", words: "Events are like those that were learned from." },
  warn: { name: "Watch", tone: "warn", words: "Something moved. Worth a look; nothing has to be done." },
  act: {
    name: "Learn anew",
    tone: "bad",
    words: "Events differ from those learned from. On the second day in a row training begins.",
  },
  stop: { name: "Stop", tone: "bad", words: "Scores moved so far that a person has to look before they are trusted." },
  unknown: {
    name: "Not known",
    tone: "neutral",
    words: "Too little is known: 500 payments a day and 7 days before are needed.",
  },
};

export function LevelBadge({ level }: { level: Level | null }) {
  const { name, tone } = LEVELS[level ?? "unknown"];
  return (
    <Badge tone={tone} dot={level !== null}>
      {name}
    </Badge>
  );
}
