import { Badge, type Tone } from "../../parts/badge.tsx";
import type { Finding } from "./use-insights.ts";

const TONES: Record<Finding["severity"], { tone: Tone; words: string }> = {
  critical: { tone: "bad", words: "Critical" },
  warning: { tone: "warn", words: "Warning" },
  notice: { tone: "accent", words: "Notice" },
  info: { tone: "neutral", words: "Info" },
};

export function SeverityBadge({ severity }: { severity: Finding["severity"] }) {
  const { tone, words } = TONES[severity];
  return (
    <Badge tone={tone} dot>
      {words}
    </Badge>
  );
}
