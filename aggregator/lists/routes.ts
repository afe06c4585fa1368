import * as z from "zod";
import { LIMITS } from "../../shared/limits.ts";
import { LIST_ENTRIES_MOST, ListKind, ListName } from "../../shared/lists.ts";
import { Problem, type ProblemSlug } from "../../shared/problem.ts";
import { defineRoute } from "../../shared/route.ts";
import { operation, type Operation } from "../../shared/serve.ts";
import { callerId } from "../caller.ts";
import { copyConfig, type ConfigServices } from "../detection/copies.ts";
import { GUARDED, LISTED } from "../query/access.ts";
import { formatCursor, parseCursor } from "../query/cursor.ts";
import { AnsweredTime, IdParams, Instant, Keepable, pageOfRows, paging } from "../query/fields.ts";
import { entryStatus, insertEntry, pageEntries, removeEntry, type EntryRow } from "./entries.ts";
import { FORMS } from "./values.ts";

export interface ListServices extends ConfigServices {
  newId(prefix: string): string;
}

const Kind = ListKind.meta({
  description:
    "customer: a user_id · card: a card_fingerprint · email: an email_hash · email_domain · ip: an address or range (CIDR) of the " +
    "shopper · country: of the shopper's address (ISO 3166-1 alpha-2). The earlier in this order decides, and of ranges the longer prefix.",
});
const Note = Keepable.max(LIMITS.textLength).nullable().meta({ description: "For people." });
const Status = z.enum(["active", "expired", "removed"]);

const NewEntry = z
  .strictObject({
    list: ListName,
    kind: Kind,
    value: Keepable.min(1)
      .max(LIMITS.textLength)
      .meta({ examples: ["192.0.2.0/24"] }),
    note: Note.default(null),
    expires_at: Instant.nullable().default(null).meta({
      description: "From when on it counts for nothing; null: until it is removed.",
    }),
  })
  .transform((entry, context) => {
    const { read, must } = FORMS[entry.kind];
    const value = read(entry.value);
    if (value !== null) return { ...entry, value };
    context.addIssue({ code: "custom", path: ["value"], message: must });
    return z.NEVER;
  });

const EntryAnswer = z.strictObject({
  id: z.string(),
  list: ListName,
  kind: Kind,
  value: z.string().meta({ description: "In the one spelling of its kind." }),
  note: Note,
  status: Status.meta({ description: "Only an active entry counts." }),
  expires_at: AnsweredTime.nullable(),
  created_at: AnsweredTime,
  created_by: z.string().meta({ description: "Id of the key that made it." }),
  removed_at: AnsweredTime.nullable().meta({
    description: "When it was taken off its list, or gave way to one like it.",
  }),
  removed_by: z.string().nullable().meta({ description: "Id of the key that took it off." }),
});

const listRoute = defineRoute({
  method: "get",
  path: "/v1/lists",
  operationId: "listListEntries",
  summary: "Entries of the allow and the block list, newest first",
  description: "Those that expired or were removed stay on record.",
  access: "analyst",
  query: z.strictObject({
    list: ListName.optional(),
    kind: ListKind.optional(),
    status: Status.optional(),
    ...paging,
  }),
  status: 200,
  output: pageOfRows(EntryAnswer),
  problems: LISTED,
});

const CONFLICTS = `409: it is on the list already, or the lists hold ${LIST_ENTRIES_MOST.toLocaleString("en")} entries, as many as they may.`;

const createRoute = defineRoute({
  method: "post",
  path: "/v1/lists",
  operationId: "createListEntry",
  summary: "Put an entry on a list",
  description:
    "The edge follows within a minute, or within two of the store that it reads from being back. Of an allow and a block entry for " +
    `the very same, the block entry decides. ${CONFLICTS}`,
  access: "operator",
  body: NewEntry,
  status: 201,
  output: EntryAnswer,
  problems: [...GUARDED, "unreadable", "too-large", "unsupported-media-type", "invalid", "conflict"],
});

const removeRoute = defineRoute({
  method: "delete",
  path: "/v1/lists/{id}",
  operationId: "removeListEntry",
  summary: "Take an entry off its list",
  description:
    "The edge follows within a minute, or within two of the store that it reads from being back. It stays on record.",
  access: "operator",
  params: IdParams,
  status: 204,
  problems: [...GUARDED, "invalid", "not-found"] as const satisfies ProblemSlug[],
});

/** The allow and the block list: looked through, added to, taken from. */
export function listOperations(services: ListServices): Operation[] {
  const { db, nowMs } = services;
  return [
    operation(listRoute, async (_facts, { query: { limit, cursor, ...filter } }) => {
      const { rows, next } = await pageEntries(db, filter, { limit, after: parseCursor(cursor) }, nowMs());
      return { data: rows.map((row) => entryAnswer(row, nowMs())), next_cursor: formatCursor(next) };
    }),
    operation(createRoute, async (facts, { body: { expires_at, ...named } }) => {
      const atMs = nowMs();
      const expiresAt = future(expires_at, atMs);
      const entry = { ...named, id: services.newId("lst"), expiresAt, createdBy: callerId(facts) };
      const outcome = await insertEntry(db, entry, atMs);
      if (outcome !== "made") throw new Problem("conflict", REFUSALS[outcome]);
      await copyConfig("lists", services);
      return entryAnswer({ ...entry, createdAt: new Date(atMs), removedAt: null, removedBy: null }, atMs);
    }),
    operation(removeRoute, async (facts, { params: { id } }) => {
      const isFound = await removeEntry(db, { id, by: callerId(facts), nowMs: nowMs() });
      if (!isFound) throw new Problem("not-found", "No entry has this id.");
      await copyConfig("lists", services);
      return undefined;
    }),
  ];
}

const REFUSALS = {
  listed: "The list has this entry already. Remove it first to change its note or when it expires.",
  full: `The lists hold ${LIST_ENTRIES_MOST.toLocaleString("en")} entries, as many as they may. Remove some first.`,
};

/** @throws Problem `invalid` unless the time, if any, is still to come */
function future(expiresAt: string | null, nowMs: number): Date | null {
  if (expiresAt === null) return null;
  const at = new Date(expiresAt);
  if (at.getTime() > nowMs) return at;
  const errors = [{ pointer: "/expires_at", detail: "must be in the future" }];
  throw new Problem("invalid", "Some fields do not match; see errors.", { errors });
}

function entryAnswer(row: EntryRow, nowMs: number): z.input<typeof EntryAnswer> {
  return {
    id: row.id,
    list: row.list,
    kind: row.kind,
    value: row.value,
    note: row.note,
    status: entryStatus(row, nowMs),
    expires_at: row.expiresAt?.toISOString() ?? null,
    created_at: row.createdAt.toISOString(),
    created_by: row.createdBy,
    removed_at: row.removedAt?.toISOString() ?? null,
    removed_by: row.removedBy,
  };
}
