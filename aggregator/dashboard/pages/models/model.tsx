import { Link } from "wouter";
import type { RowOf } from "../../api/client.ts";
import { Badge, type Tone } from "../../parts/badge.tsx";

export type Model = RowOf<"/v1/models">;
export type Release = RowOf<"/v1/releases">;

const STATUSES: Record<Model["status"], { name: string; tone: Tone }> = {
  active: { name: "Decides", tone: "good" },
  shadow: { name: "In shadow", tone: "accent" },
  candidate: { name: "Candidate", tone: "neutral" },
  retired: { name: "Retired", tone: "neutral" },
};

export function ModelBadge({ status }: Pick<Model, "status">) {
  const { name, tone } = STATUSES[status];
  return (
    <Badge tone={tone} dot={status === "active"}>
      {name}
    </Badge>
  );
}

export const KINDS: Record<Model["kind"], { name: string; words: string }> = {
  "isolation-forest": { name: "Isolation forest", words: "learned without labels, always there" },
  "client-blend": { name: "Client model", words: "learned from this shop’s verdicts, beside the forest" },
};

export function ModelLink({ version }: { version: string }) {
  return (
    <Link href={`/models/versions/${version}`} className="mono">
      {version}
    </Link>
  );
}

const RELEASED: Record<Release["kind"], { name: string; tone: Tone }> = {
  bundled: { name: "Came with the deployment", tone: "neutral" },
  trained: { name: "By training", tone: "accent" },
  promoted: { name: "Promoted", tone: "good" },
  rolled_back: { name: "Rolled back", tone: "warn" },
};

export function ReleaseBadge({ kind }: Pick<Release, "kind">) {
  const { name, tone } = RELEASED[kind];
  return <Badge tone={tone}>{name}</Badge>;
}

/** A client model or that there is none. */
export function ClientLink({ version }: { version: string | null }) {
  return version === null ? <span className="faint">none yet</span> : <ModelLink version={version} />;
}
