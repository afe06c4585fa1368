import { sql } from "drizzle-orm";
import * as z from "zod";
import { withDeadline } from "../../shared/deadline.ts";
import { DETECTION_ENTRY } from "../../shared/detection-settings.ts";
import { LISTS_ENTRY } from "../../shared/lists.ts";
import { ACTIVE_ENTRY, SHADOW_ENTRY } from "../../shared/release-pointer.ts";
import { describe } from "../../shared/serve.ts";
import type { CopyServices } from "../keys/copies.ts";
import { listsDocument } from "../lists/entries.ts";
import { activePointer, shadowPointer } from "../models/pointers.ts";
import { queryRows, type Db } from "../store/db.ts";
import { detectionDocument } from "./settings.ts";

/** What the edge reads from KV beside keys, each one document: where it is, and how it is made anew. */
const DOCUMENTS = {
  lists: { entry: LISTS_ENTRY, read: listsDocument },
  detection: { entry: DETECTION_ENTRY, read: detectionDocument },
  release: { entry: ACTIVE_ENTRY, read: activePointer },
  shadow: { entry: SHADOW_ENTRY, read: shadowPointer },
};
export type ConfigName = keyof typeof DOCUMENTS;

const DEADLINE_MS = 3_000;

const Changed = z.object({ name: z.enum(["lists", "detection", "release", "shadow"]), revision: z.int() });
type Changed = z.infer<typeof Changed>;

export interface ConfigServices extends CopyServices {
  log(line: Record<string, unknown>): void;
}

/**
 * Copies a document to KV as it is now, unless KV is known to have it. Never throws: what was changed is changed, and the cron copies
 * it once more, within a minute of KV being back. It does so in any case, so that two writes that overtook each other are put right.
 */
export async function copyConfig(name: ConfigName, services: ConfigServices): Promise<void> {
  try {
    const changed = await readChanged(services.db);
    for (const one of changed) if (one.name === name) await copy(one, services);
  } catch (error) {
    services.log({ configNotCopied: name, cause: describe(error) });
  }
}

interface Copied {
  copied: ConfigName[];
  /** Documents that KV has not as they are now; the next run takes them up. */
  left: ConfigName[];
  /** Why the last of them was left. */
  cause?: string;
}

/** Brings to KV what changed in Postgres. Run by the minute cron, it is what makes KV follow after an outage. Never throws. */
export async function copyChangedConfig(services: CopyServices): Promise<Copied> {
  const done: Copied = { copied: [], left: [] };
  try {
    for (const changed of await readChanged(services.db)) {
      try {
        await copy(changed, services);
        await markCopied(services.db, changed);
        done.copied.push(changed.name);
      } catch (error) {
        done.left.push(changed.name);
        done.cause = describe(error);
      }
    }
  } catch (error) {
    done.cause = describe(error);
  }
  return done;
}

function readChanged(db: Db): Promise<Changed[]> {
  return queryRows(
    db,
    Changed,
    sql`SELECT name, revision FROM config_copies WHERE copied_revision IS DISTINCT FROM revision ORDER BY name`,
  );
}

/** The document is read after its revision: it may be newer than that says, and is then copied again, but never older. */
async function copy({ name, revision }: Changed, { db, keyCopies, nowMs }: CopyServices): Promise<void> {
  const { entry, read } = DOCUMENTS[name];
  const document = await read(db, revision, nowMs());
  await withDeadline(keyCopies.put(entry, JSON.stringify(document), {}), DEADLINE_MS, "the key store");
}

async function markCopied(db: Db, { name, revision }: Changed): Promise<void> {
  await db.execute(sql`UPDATE config_copies SET copied_revision = ${revision}::integer WHERE name = ${name}`);
}
