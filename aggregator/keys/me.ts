import * as z from "zod";
import type { Authenticator } from "../../shared/authenticator.ts";
import { ApiKeyRecord, bearerToken, Role } from "../../shared/keys.ts";
import { defineRoute } from "../../shared/route.ts";
import { operation, type Operation } from "../../shared/serve.ts";
import { GUARDED } from "../query/access.ts";
import { AnsweredTime } from "../query/fields.ts";
import type { Db } from "../store/db.ts";
import { findKeyRow } from "./records.ts";

const meRoute = defineRoute({
  method: "get",
  path: "/v1/me",
  operationId: "me",
  summary: "The key that asks",
  description: "For those who were given a key: what it may do, and until when.",
  access: "ingest",
  status: 200,
  output: z.strictObject({
    key_id: z.string(),
    kind: ApiKeyRecord.shape.kind,
    role: Role.nullable(),
    description: z.string().nullable().meta({ description: "For people; null where none was given." }),
    expires_at: AnsweredTime.nullable().meta({ description: "When it stops working; null for never." }),
  }),
  problems: GUARDED,
});

/** What a key is told about itself. */
export function meOperations({ db, authenticate }: { db: Db; authenticate: Authenticator }): Operation[] {
  return [
    operation(meRoute, async ({ request }) => {
      const key = await authenticate(bearerToken(request.headers.get("authorization")));
      const row = await findKeyRow(db, key.id);
      return {
        key_id: key.id,
        kind: key.kind,
        role: key.role,
        description: row?.description ?? null,
        expires_at: key.expires_at === null ? null : new Date(key.expires_at).toISOString(),
      };
    }),
  ];
}
