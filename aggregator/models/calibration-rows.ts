import { and, desc, eq, isNull, or, sql, type SQL } from "drizzle-orm";
import type { Db } from "../store/db.ts";
import { before, microseconds, pageOf, type Page, type PageRequest } from "../store/paging.ts";
import { calibrations } from "../store/schema.ts";

export type CalibrationRow = typeof calibrations.$inferSelect;

/** Which models a calibration was fitted on. */
export interface FittedOn {
  model: string;
  client: string | null;
}

/** Whether it is the calibration of the release that decides. */
const IS_ACTIVE = sql<boolean>`${calibrations.version} = (
  SELECT calibration FROM releases WHERE number = (SELECT max(number) FROM releases)
)`;

export type ListedCalibration = CalibrationRow & { isActive: boolean };

/** Calibrations, newest first. @param model only those that were fitted on it, as the one or the other */
export async function pageCalibrations(
  db: Db,
  { model }: { model?: string | undefined },
  page: PageRequest,
): Promise<Page<ListedCalibration & { id: string; at: string }>> {
  const rows = await db
    .select({ calibration: calibrations, isActive: IS_ACTIVE, at: microseconds(calibrations.createdAt) })
    .from(calibrations)
    .where(
      and(
        model === undefined ? undefined : or(eq(calibrations.model, model), eq(calibrations.clientModel, model)),
        before(calibrations.createdAt, calibrations.version, page.after),
      ),
    )
    .orderBy(...NEWEST_FIRST)
    .limit(page.limit + 1);
  return pageOf(
    rows.map(({ calibration, isActive, at }) => ({ ...calibration, isActive, at, id: calibration.version })),
    page.limit,
  );
}

const NEWEST_FIRST = [desc(calibrations.createdAt), desc(calibrations.version)];

export async function findCalibration(db: Db, version: string): Promise<ListedCalibration | null> {
  const [found] = await db
    .select({ calibration: calibrations, isActive: IS_ACTIVE })
    .from(calibrations)
    .where(eq(calibrations.version, version));
  return found === undefined ? null : { ...found.calibration, isActive: found.isActive };
}

/** The newest calibration fitted on exactly these models, or null. @param runId only of what that training run made */
export async function newestFittedOn(
  db: Db,
  { model, client }: FittedOn,
  runId?: string,
): Promise<CalibrationRow | null> {
  const [found] = await db
    .select()
    .from(calibrations)
    .where(and(eq(calibrations.model, model), isClient(client), runId === undefined ? undefined : isOfRun(runId)))
    .orderBy(...NEWEST_FIRST)
    .limit(1);
  return found ?? null;
}

function isClient(client: string | null): SQL {
  return client === null ? isNull(calibrations.clientModel) : eq(calibrations.clientModel, client);
}

function isOfRun(runId: string): SQL {
  return eq(calibrations.runId, runId);
}

/** Adds a calibration, unless its version is taken. @returns whether it was added */
export async function insertCalibration(db: Db, calibration: CalibrationRow): Promise<boolean> {
  const inserted = await db
    .insert(calibrations)
    .values(calibration)
    .onConflictDoNothing()
    .returning({ version: calibrations.version });
  return inserted.length > 0;
}

/** How many calibrations there are whose version is this or begins with it and a point. */
export async function countCalibrations(db: Db, version: string): Promise<number> {
  const [found] = await db
    .select({ count: sql<number>`count(*)::integer` })
    .from(calibrations)
    .where(or(eq(calibrations.version, version), sql`starts_with(${calibrations.version}, ${`${version}.`})`));
  return found?.count ?? 0;
}
