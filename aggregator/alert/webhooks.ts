import { and, desc, eq, isNull, sql } from "drizzle-orm";
import type { PgUpdateSetSource } from "drizzle-orm/pg-core";
import type { Db } from "../store/db.ts";
import { before, microseconds, pageOf, type Page, type PageRequest } from "../store/paging.ts";
import { deliveries, webhooks } from "../store/schema.ts";
import type { AlertType } from "./alert-type.ts";
import type { KindName, KindSettings } from "./kinds/kind.ts";
import { instant } from "./raise.ts";

/** A webhook as it may be shown: without its secrets. */
const SHOWN = {
  id: webhooks.id,
  kind: webhooks.kind,
  url: webhooks.url,
  settings: webhooks.settings,
  description: webhooks.description,
  types: webhooks.types,
  enabled: webhooks.enabled,
  disabledReason: webhooks.disabledReason,
  disabledAt: webhooks.disabledAt,
  failingSince: webhooks.failingSince,
  openUntil: webhooks.openUntil,
  replaySince: webhooks.replaySince,
  previousSecretUntil: webhooks.previousSecretUntil,
  createdAt: webhooks.createdAt,
};
export type WebhookRow = Pick<typeof webhooks.$inferSelect, keyof typeof SHOWN>;

/** How long the secret before still signs after a rotation. */
const ROTATION_MS = 24 * 60 * 60 * 1000;

const SWITCHED_OFF = "it was switched off";

interface WebhookToInsert {
  id: string;
  kind: KindName;
  url: string;
  settings: KindSettings;
  description: string | null;
  types: AlertType[];
  secret: string;
}

export async function insertWebhook(db: Db, webhook: WebhookToInsert, nowMs: number): Promise<WebhookRow> {
  const [row] = await db
    .insert(webhooks)
    .values({ ...webhook, createdAt: new Date(nowMs) })
    .returning(SHOWN);
  if (row === undefined) throw new Error("an INSERT answered no row");
  return row;
}

/** Webhooks that are not deleted, newest first. */
export async function listWebhooks(db: Db, page: PageRequest): Promise<Page<WebhookRow>> {
  const rows = await db
    .select({ ...SHOWN, at: microseconds(webhooks.createdAt) })
    .from(webhooks)
    .where(and(isNull(webhooks.deletedAt), before(webhooks.createdAt, webhooks.id, page.after)))
    .orderBy(desc(webhooks.createdAt), desc(webhooks.id))
    .limit(page.limit + 1);
  return pageOf(rows, page.limit);
}

export async function findWebhook(db: Db, id: string): Promise<WebhookRow | null> {
  const [row] = await db.select(SHOWN).from(webhooks).where(existing(id));
  return row ?? null;
}

export interface ColumnChange {
  url?: string | undefined;
  secret?: string | undefined;
  /** Takes the place of those settings that it names. */
  settings?: KindSettings | undefined;
  description?: string | null | undefined;
  types?: AlertType[] | undefined;
  enabled?: boolean | undefined;
}

/**
 * Changes what is given, at least one field. Disabling cancels what still waits for the webhook, in the same statement; enabling,
 * like another URL, key or recipient, begins with a clean record.
 *
 * @returns the webhook as it is now, or null when there is none
 */
export async function changeWebhook(
  db: Db,
  id: string,
  change: ColumnChange,
  nowMs: number,
): Promise<WebhookRow | null> {
  const settings = change.settings && sql`${webhooks.settings} || ${JSON.stringify(change.settings)}::jsonb`;
  return updateWebhook(db, id, { ...change, settings, ...recordAfter(change, nowMs) }, nowMs);
}

const CLEAN = { failingSince: null, strikes: 0, openings: 0, openUntil: null };

function recordAfter({ enabled, url, secret, settings }: ColumnChange, nowMs: number): WebhookUpdate {
  if (enabled === true) return { ...CLEAN, disabledReason: null, disabledAt: null, untold: false };
  const off = enabled === false && {
    disabledReason: sql`CASE WHEN ${webhooks.enabled} THEN ${SWITCHED_OFF} ELSE ${webhooks.disabledReason} END`,
    disabledAt: sql`CASE WHEN ${webhooks.enabled} THEN ${instant(nowMs)} ELSE ${webhooks.disabledAt} END`,
  };
  if (secret !== undefined || settings !== undefined) return { ...CLEAN, ...off };
  return { ...off, ...(url !== undefined && cleanUnlessSame(url)) };
}

function cleanUnlessSame(url: string): WebhookUpdate {
  const same = sql`${webhooks.url} = ${url}`;
  return {
    failingSince: sql`CASE WHEN ${same} THEN ${webhooks.failingSince} END`,
    strikes: sql`CASE WHEN ${same} THEN ${webhooks.strikes} ELSE 0 END`,
    openings: sql`CASE WHEN ${same} THEN ${webhooks.openings} ELSE 0 END`,
    openUntil: sql`CASE WHEN ${same} THEN ${webhooks.openUntil} END`,
  };
}

/**
 * Deletes a webhook, cancels what still waits for it, and forgets its keys and recipients. Its deliveries stay on record.
 *
 * @returns whether there was one
 */
export async function deleteWebhook(db: Db, id: string, nowMs: number): Promise<boolean> {
  const gone = {
    enabled: false,
    disabledReason: "it was deleted",
    disabledAt: new Date(nowMs),
    untold: false,
    url: sql`CASE WHEN ${webhooks.kind} = 'slack' THEN '' ELSE ${webhooks.url} END`, // a key in itself
    secret: "",
    settings: {},
    previousSecret: null,
    previousSecretUntil: null,
    deletedAt: new Date(nowMs),
  };
  return (await updateWebhook(db, id, gone, nowMs)) !== null;
}

/** Signs with a new secret from now on, and beside it for 24 h with the one until now; an older one ends at once. */
export async function rotateSecret(db: Db, id: string, secret: string, nowMs: number): Promise<WebhookRow | null> {
  const rotated = {
    secret,
    previousSecret: sql`${webhooks.secret}`,
    previousSecretUntil: new Date(nowMs + ROTATION_MS),
  };
  return updateWebhook(db, id, rotated, nowMs);
}

type WebhookUpdate = PgUpdateSetSource<typeof webhooks>;

/** One statement, the webhook first: all who write both lock it before any delivery, so that none deadlock. */
async function updateWebhook(db: Db, id: string, update: WebhookUpdate, nowMs: number): Promise<WebhookRow | null> {
  const updated = db.$with("updated").as(db.update(webhooks).set(update).where(existing(id)).returning(SHOWN));
  const cancelled = db.$with("cancelled").as(
    db
      .update(deliveries)
      .set({ status: "cancelled", finishedAt: new Date(nowMs) })
      .from(updated)
      .where(and(eq(updated.enabled, false), eq(deliveries.webhookId, updated.id), eq(deliveries.status, "pending")))
      .returning({ id: deliveries.id }),
  );
  const [row] = await db.with(updated, cancelled).select().from(updated);
  return row ?? null;
}

function existing(id: string) {
  return and(eq(webhooks.id, id), isNull(webhooks.deletedAt));
}
