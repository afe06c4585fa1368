import { and, eq, sql } from "drizzle-orm";
import type { Db } from "../store/db.ts";
import { webhooks } from "../store/schema.ts";
import { DISABLED_ALERT } from "./alert-type.ts";
import { raiseAlert } from "./raise.ts";

interface TellServices {
  db: Db;
  nowMs(): number;
  newId(prefix: string): string;
  config: { publicUrl: string };
}

/**
 * Raises an alert for each webhook that the product disabled since it was last asked, to the other webhooks that want such: its owner
 * would wait in vain for more. What dies in between is told by whoever comes next, and nothing is told twice.
 *
 * @returns the deliveries made, leased to the caller
 */
export async function tellDisabled({ db, nowMs, newId, config }: TellServices): Promise<string[]> {
  const made: string[] = [];
  for (const { id, kind, description, disabledAt, disabledReason } of await untoldWebhooks(db)) {
    const disabled_at = disabledAt?.toISOString() ?? null;
    made.push(
      ...(await raiseAlert(db, {
        id: newId("alt"),
        type: DISABLED_ALERT,
        dedupKey: `${DISABLED_ALERT}:${id}:${disabled_at}`,
        title: `The webhook ${description ?? id} was disabled: ${disabledReason}`,
        data: {
          event: null,
          assessment: null,
          webhook: { id, kind, description, disabled_at, disabled_reason: disabledReason },
          links: { self: `${config.publicUrl}/v1/webhooks/${id}` },
        },
        nowMs: nowMs(),
      })),
    );
    await db
      .update(webhooks)
      .set({ untold: false })
      .where(and(eq(webhooks.id, id), sql`${webhooks.disabledAt} IS NOT DISTINCT FROM ${disabled_at}::timestamptz`));
  }
  return made;
}

async function untoldWebhooks(db: Db) {
  const { id, kind, description, disabledAt, disabledReason } = webhooks;
  return db
    .select({ id, kind, description, disabledAt, disabledReason })
    .from(webhooks)
    .where(eq(webhooks.untold, true));
}
