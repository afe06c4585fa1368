import type { RowOf } from "../../api/client.ts";
import { Badge, type Tone } from "../../parts/badge.tsx";

export type ApiKey = RowOf<"/v1/api-keys">;
export type Role = NonNullable<ApiKey["role"]>;

const STATUSES: Record<ApiKey["status"], { name: string; tone: Tone }> = {
  active: { name: "Active", tone: "good" },
  expiring: { name: "Ends soon", tone: "warn" },
  expired: { name: "Expired", tone: "neutral" },
  revoked: { name: "Revoked", tone: "bad" },
};

export function KeyBadge({ status }: Pick<ApiKey, "status">) {
  const { name, tone } = STATUSES[status];
  return (
    <Badge tone={tone} dot={status === "active" || status === "expiring"}>
      {name}
    </Badge>
  );
}

/** What a key is for: its description, else what it may do. */
export function nameOf({ description, kind, role }: ApiKey): string {
  if (description !== null && description !== "") return description;
  return kind === "publishable" ? "Publishable key" : `Key of role ${role ?? ""}`;
}

export const ROLES: Record<Role, { name: string; words: string }> = {
  ingest: { name: "Ingest", words: "May send events and is told their scores." },
  analyst: { name: "Analyst", words: "May read everything that is stored." },
  operator: { name: "Operator", words: "May also judge, change rules and destinations, and put models to work." },
  admin: { name: "Admin", words: "May also make keys and erase customers." },
};

export function isInForce({ status }: Pick<ApiKey, "status">): boolean {
  return status === "active" || status === "expiring";
}
