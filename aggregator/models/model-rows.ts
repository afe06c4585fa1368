import { and, desc, eq, sql } from "drizzle-orm";
import type { ClientCard, ForestCard } from "../../shared/model-card.ts";
import type { Db } from "../store/db.ts";
import { before, microseconds, pageOf, type Page, type PageRequest } from "../store/paging.ts";
import { models } from "../store/schema.ts";
import type { ModelKind } from "./release.ts";

export type ModelRow = typeof models.$inferSelect;

/** active: decides now · shadow: scores beside it · retired: decided once · candidate: never did. */
export const MODEL_STATUSES = ["active", "shadow", "candidate", "retired"] as const;
export type ModelStatus = (typeof MODEL_STATUSES)[number];

/** A card without its golden rows, which are for machines. */
type ShortCard = Omit<ForestCard, "golden"> | Omit<ClientCard, "golden">;

export type ListedModel = Omit<ModelRow, "card" | "onnxKey" | "cardKey"> & { card: ShortCard; status: ModelStatus };

const STATUS = sql<ModelStatus>`CASE
  WHEN EXISTS (
    SELECT FROM releases AS r
    WHERE r.number = (SELECT max(number) FROM releases) AND ${models.version} IN (r.model, r.client_model)
  ) THEN 'active'
  WHEN EXISTS (
    SELECT FROM shadows AS s WHERE s.stopped_at IS NULL AND ${models.version} IN (s.model, s.client_model)
  ) THEN 'shadow'
  WHEN EXISTS (SELECT FROM releases AS r WHERE ${models.version} IN (r.model, r.client_model)) THEN 'retired'
  ELSE 'candidate'
END`;

/** Every model there ever was, newest first. */
export async function pageModels(
  db: Db,
  { kind, status }: { kind?: ModelKind | undefined; status?: ModelStatus | undefined },
  page: PageRequest,
): Promise<Page<ListedModel & { id: string; at: string }>> {
  const rows = await db
    .select({
      id: models.version,
      at: microseconds(models.createdAt),
      version: models.version,
      kind: models.kind,
      card: sql<ShortCard>`${models.card} - 'golden'`,
      sha256: models.sha256,
      bytes: models.bytes,
      runId: models.runId,
      createdAt: models.createdAt,
      status: STATUS,
    })
    .from(models)
    .where(
      and(
        kind === undefined ? undefined : eq(models.kind, kind),
        status === undefined ? undefined : sql`${STATUS} = ${status}`,
        before(models.createdAt, models.version, page.after),
      ),
    )
    .orderBy(desc(models.createdAt), desc(models.version))
    .limit(page.limit + 1);
  return pageOf(rows, page.limit);
}

export async function findModel(db: Db, version: string): Promise<(ModelRow & { status: ModelStatus }) | null> {
  const [found] = await db.select({ model: models, status: STATUS }).from(models).where(eq(models.version, version));
  return found === undefined ? null : { ...found.model, status: found.status };
}

/** Adds a model, unless its version is taken. @returns the one that has the version now */
export async function insertModel(db: Db, model: ModelRow): Promise<ModelRow> {
  await db.insert(models).values(model).onConflictDoNothing();
  const kept = await findModel(db, model.version);
  if (kept === null) throw new Error("a model that was inserted is not there");
  return kept;
}

/** The largest number among the versions of a kind, 0 when there is none. */
export async function lastVersion(db: Db, kind: ModelKind): Promise<number> {
  const [found] = await db
    .select({ last: sql<number>`coalesce(max(split_part(${models.version}, '@v', 2)::integer), 0)` })
    .from(models)
    .where(eq(models.kind, kind));
  return found?.last ?? 0;
}

/** The version of the model of a kind that a training run made, or null. */
export async function versionOfRun(db: Db, kind: ModelKind, runId: string): Promise<string | null> {
  const [found] = await db
    .select({ version: models.version })
    .from(models)
    .where(and(eq(models.kind, kind), eq(models.runId, runId)));
  return found?.version ?? null;
}
