import * as z from "zod";
import { ApiKeyRecord, Role } from "../../shared/keys.ts";
import { AnsweredTime } from "../query/fields.ts";
import type { KeyRow } from "./records.ts";

/** What ends within this is told as expiring. A key that was rotated ends within it at the latest. */
const EXPIRING_MS = 7 * 24 * 60 * 60 * 1000;

const Status = z.enum(["active", "expiring", "expired", "revoked"]).meta({
  description: "expiring: in force, and ends within 7 days.",
});

/** A key as it is answered: nothing of its secret. */
export const ApiKeyAnswer = z.strictObject({
  id: z.string().meta({ description: "The part between the underscores of the key; it is no secret." }),
  kind: ApiKeyRecord.shape.kind,
  role: Role.nullable().meta({ description: "null for a publishable key." }),
  origins: z.array(z.string()).meta({ description: "Pages that may use a publishable key; none for a secret key." }),
  description: z.string().nullable(),
  status: Status,
  created_at: AnsweredTime,
  created_by: z
    .string()
    .nullable()
    .meta({ description: "Id of the key that made it; null when it was made beside this API." }),
  expires_at: AnsweredTime.nullable(),
  revoked_at: AnsweredTime.nullable(),
  revoked_by: z.string().nullable().meta({ description: "Id of the key that revoked it." }),
  replaced_by: z.string().nullable().meta({ description: "Id of the key it was rotated to." }),
});

export function apiKeyAnswer(row: KeyRow, nowMs: number): z.input<typeof ApiKeyAnswer> {
  return {
    id: row.id,
    kind: row.kind,
    role: row.role,
    origins: row.origins,
    description: row.description,
    status: keyStatus(row, nowMs),
    created_at: row.createdAt.toISOString(),
    created_by: row.createdBy,
    expires_at: time(row.expiresAt),
    revoked_at: time(row.revokedAt),
    revoked_by: row.revokedBy,
    replaced_by: row.replacedBy,
  };
}

export function keyStatus(
  { revokedAt, expiresAt }: Pick<KeyRow, "revokedAt" | "expiresAt">,
  nowMs: number,
): z.infer<typeof Status> {
  if (revokedAt !== null) return "revoked";
  if (expiresAt === null) return "active";
  const leftMs = expiresAt.getTime() - nowMs;
  if (leftMs <= 0) return "expired";
  return leftMs <= EXPIRING_MS ? "expiring" : "active";
}

function time(at: Date | null): string | null {
  return at === null ? null : at.toISOString();
}
