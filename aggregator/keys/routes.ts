import * as z from "zod";
import { sha256Hex } from "../../shared/digest.ts";
import { ApiKeyRecord, drawKey, Role, type RandomBytes } from "../../shared/keys.ts";
import { LIMITS } from "../../shared/limits.ts";
import { Problem, type ProblemSlug } from "../../shared/problem.ts";
import { readOptionalJson } from "../../shared/read-json.ts";
import { defineRoute } from "../../shared/route.ts";
import { describe, operation, parse, type Operation, type RequestFacts } from "../../shared/serve.ts";
import { callerId } from "../caller.ts";
import { GUARDED, LISTED } from "../query/access.ts";
import { formatCursor, parseCursor } from "../query/cursor.ts";
import { IdParams, Instant, Keepable, pageOfRows, paging } from "../query/fields.ts";
import { ApiKeyAnswer, apiKeyAnswer, keyStatus } from "./answers.ts";
import { copyNow, type CopyServices } from "./copies.ts";
import { originFault } from "./origin.ts";
import { findKeyRow, insertKey, listKeys, revokeKey, rotateKey, type KeyRow } from "./records.ts";

export interface KeyServices extends CopyServices {
  randomBytes: RandomBytes;
  log(line: Record<string, unknown>): void;
}

const ORIGINS_MOST = 50;
/** A host of 253 characters with scheme and port. */
const ORIGIN_LENGTH = 270;
const GRACE_S_MOST = 7 * 24 * 60 * 60;
const GRACE_S = 24 * 60 * 60;
/** What a caller waits before he asks again to revoke a key, which KV did not take in time. */
const RETRY_AFTER_S = "5";

const Origin = z
  .string()
  .max(ORIGIN_LENGTH)
  .superRefine((text, context) => {
    const fault = originFault(text);
    if (fault !== null) context.addIssue({ code: "custom", message: fault });
  });

const ExpiresAt = Instant.nullable().meta({ description: "When it stops working; null for never." });

const NewApiKey = z
  .strictObject({
    kind: ApiKeyRecord.shape.kind.meta({ description: "publishable keys may only write events, from pages." }),
    role: Role.nullable().default(null).meta({ description: "Of a secret key, which must have one." }),
    origins: z
      .array(Origin)
      .max(ORIGINS_MOST)
      .refine((origins) => new Set(origins).size === origins.length, "must not name an origin twice")
      .default([])
      .meta({
        description:
          "Pages that may use a publishable key, which must have one: `https://shop.example`, as browsers send it.",
        examples: [["https://shop.example", "http://localhost:*"]],
      }),
    description: Keepable.max(LIMITS.textLength).nullable().default(null).meta({ description: "For people." }),
    expires_at: ExpiresAt.default(null),
  })
  .superRefine(({ kind, role, origins }, context) => {
    const refuse = (field: string, message: string) => context.addIssue({ code: "custom", path: [field], message });
    if (kind === "secret") {
      if (role === null) refuse("role", "is required for a secret key");
      if (origins.length > 0) refuse("origins", "must not be given for a secret key, which no page may use");
    } else {
      if (role !== null) refuse("role", "must not be given for a publishable key, which may only write events");
      if (origins.length === 0) refuse("origins", "must name at least one origin for a publishable key");
    }
  });

const Rotation = z.strictObject({
  grace_seconds: z
    .int()
    .min(0)
    .max(GRACE_S_MOST)
    .default(GRACE_S)
    .meta({ description: "How long the key before still works. 0 ends it as a revocation does." }),
  expires_at: ExpiresAt.optional().meta({
    description: "When the new key stops working; null for never. As the key before was to, when missing.",
  }),
});

const ApiKeyWithText = z.strictObject({
  ...ApiKeyAnswer.shape,
  key: z.string().meta({ description: "The key itself; not shown again." }),
});

const OF_ONE = [...GUARDED, "invalid", "not-found"] as const satisfies ProblemSlug[];
const WITH_BODY = ["unreadable", "too-large", "unsupported-media-type"] as const satisfies ProblemSlug[];

const listRoute = defineRoute({
  method: "get",
  path: "/v1/api-keys",
  operationId: "listApiKeys",
  summary: "API keys, newest first",
  description: "Those that have ended stay on the list. Of the keys themselves nothing is kept but a digest.",
  access: "admin",
  query: z.strictObject(paging),
  status: 200,
  output: pageOfRows(ApiKeyAnswer),
  problems: LISTED,
});

const createRoute = defineRoute({
  method: "post",
  path: "/v1/api-keys",
  operationId: "createApiKey",
  summary: "Make an API key",
  description:
    "The answer holds the key. It is not shown again. It works at once, or within two minutes while the store that the Workers look " +
    "keys up in is away.",
  access: "admin",
  body: NewApiKey,
  status: 201,
  output: ApiKeyWithText,
  problems: [...GUARDED, ...WITH_BODY, "invalid"],
});

const getRoute = defineRoute({
  method: "get",
  path: "/v1/api-keys/{id}",
  operationId: "getApiKey",
  summary: "One API key",
  access: "admin",
  params: IdParams,
  status: 200,
  output: ApiKeyAnswer,
  problems: OF_ONE,
});

const revokeRoute = defineRoute({
  method: "delete",
  path: "/v1/api-keys/{id}",
  operationId: "revokeApiKey",
  summary: "Revoke an API key",
  description:
    "Once answered 204 the key stops within 60 seconds: 30 for what caches still hold, 30 for what running Workers remember. It stays " +
    "on the list. 503: the key is revoked, but those who check keys could not be told yet; ask again until 204, or they are told " +
    "within a minute of their store being back. The last admin key that lasts is not revoked (409).",
  access: "admin",
  params: IdParams,
  status: 204,
  problems: [...OF_ONE, "conflict"],
});

const rotateRoute = defineRoute({
  method: "post",
  path: "/v1/api-keys/{id}/rotate",
  operationId: "rotateApiKey",
  summary: "Replace an API key",
  description:
    "The answer holds a new key of the same kind, role, origins and description. It is not shown again. The key before works on for " +
    "the grace, or until it would have ended anyway. A key that has ended or was rotated before is not rotated (409).",
  access: "admin",
  params: IdParams,
  body: Rotation,
  handlerReadsBody: true,
  status: 201,
  output: ApiKeyWithText,
  problems: [...OF_ONE, ...WITH_BODY, "conflict"],
});

/** API keys: made, looked through, replaced, revoked. */
export function apiKeyOperations(services: KeyServices): Operation[] {
  const { db, nowMs } = services;
  return [
    operation(listRoute, async (_facts, { query: { limit, cursor } }) => {
      const { rows, next } = await listKeys(db, { limit, after: parseCursor(cursor) });
      return { data: rows.map((row) => apiKeyAnswer(row, nowMs())), next_cursor: formatCursor(next) };
    }),
    operation(createRoute, async (facts, { body: { expires_at, ...granted } }) => {
      const expiresAt = future(expires_at, nowMs());
      const { id, text } = drawKey(granted.kind, services.randomBytes);
      const key = { ...granted, id, digest: await sha256Hex(text), expiresAt, createdBy: callerId(facts) };
      const row = await insertKey(db, key, nowMs());
      await copyIfPossible([id], facts, services);
      return { ...apiKeyAnswer(row, nowMs()), key: text };
    }),
    operation(getRoute, async (_facts, { params }) => apiKeyAnswer(found(await findKeyRow(db, params.id)), nowMs())),
    operation(revokeRoute, async (facts, { params }) => {
      const outcome = await revokeKey(db, { id: params.id, by: callerId(facts), nowMs: nowMs() });
      if (outcome === "not found") throw notFound();
      if (outcome === "last admin key") {
        throw new Problem("conflict", "This is the last admin key that lasts. Make another before you revoke it.");
      }
      await copyOrSay(params.id, services);
      return undefined;
    }),
    operation(rotateRoute, async (facts, { params }) => {
      const rotation = parse(Rotation, await readOptionalJson(facts.request));
      const { row, text } = await rotate(params.id, rotation, callerId(facts), services);
      await copyIfPossible([row.id, params.id], facts, services);
      return { ...apiKeyAnswer(row, nowMs()), key: text };
    }),
  ];
}

/** @throws Problem `not-found`, or `conflict` when the key is not in force or was rotated before */
async function rotate(
  id: string,
  { grace_seconds, expires_at }: z.output<typeof Rotation>,
  createdBy: string,
  { db, nowMs, randomBytes }: KeyServices,
): Promise<{ row: KeyRow; text: string }> {
  const atMs = nowMs();
  const old = found(await findKeyRow(db, id));
  requireRotatable(old, atMs);
  const expiresAt = expires_at === undefined ? old.expiresAt : future(expires_at, atMs);
  const drawn = drawKey(old.kind, randomBytes);
  const successor = { id: drawn.id, digest: await sha256Hex(drawn.text), expiresAt, createdBy };
  const endsAt = new Date(atMs + grace_seconds * 1000);
  const isRotated = await rotateKey(db, { id, endsAt, successor, nowMs: atMs });
  if (!isRotated) throw new Problem("conflict", "The key was changed at the same time. Read it again.");
  return { row: { ...old, id: drawn.id, createdAt: new Date(atMs), createdBy, expiresAt }, text: drawn.text };
}

function requireRotatable(row: KeyRow, nowMs: number): void {
  const status = keyStatus(row, nowMs);
  if (status === "revoked" || status === "expired") {
    throw new Problem("conflict", `The key has ${status === "revoked" ? "been revoked" : "expired"}. Make a new one.`);
  }
  if (row.replacedBy !== null) {
    throw new Problem("conflict", `The key was rotated before. Rotate the one in its place, ${row.replacedBy}.`);
  }
}

/**
 * Tells the Workers of keys that were made. Never fails: the answer shows the only copy of a key, and must not be lost over a store
 * that is away. The cron tells them then.
 */
async function copyIfPossible(ids: readonly string[], { requestId }: RequestFacts, services: KeyServices) {
  try {
    await copyNow(ids, services);
  } catch (error) {
    services.log({ requestId, keysNotCopied: ids, cause: describe(error) });
  }
}

/**
 * Tells the Workers of a key that was revoked.
 *
 * @throws Problem `unavailable` when they could not be told: who revokes a key relies on it being refused within a minute
 */
async function copyOrSay(id: string, services: KeyServices): Promise<void> {
  try {
    await copyNow([id], services);
  } catch (cause) {
    throw new Problem("unavailable", "The key is revoked, but may still be taken. Ask again until this answers 204.", {
      cause,
      headers: { "retry-after": RETRY_AFTER_S },
    });
  }
}

/** @throws Problem `invalid` unless the time, if any, is still to come */
function future(expiresAt: string | null, nowMs: number): Date | null {
  if (expiresAt === null) return null;
  const at = new Date(expiresAt);
  if (at.getTime() > nowMs) return at;
  const errors = [{ pointer: "/expires_at", detail: "must be in the future" }];
  throw new Problem("invalid", "Some fields do not match; see errors.", { errors });
}

/** @throws Problem `not-found` for null */
function found<T>(row: T | null): T {
  if (row === null) throw notFound();
  return row;
}

function notFound(): Problem {
  return new Problem("not-found", "No API key has this id.");
}
