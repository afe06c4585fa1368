import { eq, sql } from "drizzle-orm";
import { Calibration } from "../../shared/calibration.ts";
import { ForestCard } from "../../shared/model-card.ts";
import { instant } from "../alert/raise.ts";
import { calibrations, models } from "../store/schema.ts";
import { fileKey, jsonBytes, keepFile } from "./bucket.ts";
import type { RegistryServices } from "./registry.ts";
import { findActive } from "./release-rows.ts";

/** Who released what came with the deployment. */
const DEPLOYMENT = "deployment";

/**
 * Sees to it that the release which the deployment brings is in the registry, so that there is something to go back to. Cheap when it is.
 * A newer deployment's takes the place of an older one's of the same version, whose files stay. One that brings another feature table
 * decides itself: no edge can score with what was released for the table before.
 *
 * @throws ModelStoreAway, FileDamaged or what the database throws: whatever needed it fails, and the next to need it tries again
 */
export async function ensureBaseline(services: RegistryServices): Promise<void> {
  const bundled = await services.bundled();
  const card = ForestCard.parse(bundled.card);
  const calibration = Calibration.parse(bundled.calibration);
  const [cardBytes, calibrationBytes] = [jsonBytes(card), jsonBytes(calibration)];
  const [onnxKey, cardKey, calibrationKey] = await Promise.all([
    fileKey("onnx", card.version, bundled.onnx),
    fileKey("card", card.version, cardBytes),
    fileKey("calibration", calibration.version, calibrationBytes),
  ]);
  if (await isKnown(services, { version: card.version, onnxKey, cardKey, calibrationKey })) return;
  await Promise.all([
    keepFile(services.models, onnxKey, bundled.onnx),
    keepFile(services.models, cardKey, cardBytes),
    keepFile(services.models, calibrationKey, calibrationBytes),
  ]);
  const now = instant(services.nowMs());
  await services.db.execute(sql`
    WITH model AS (
      INSERT INTO models (version, kind, card, onnx_key, card_key, sha256, bytes, created_at)
      VALUES (
        ${card.version}, ${card.kind}, ${JSON.stringify(card)}::jsonb, ${onnxKey}, ${cardKey}, ${card.sha256},
        ${card.bytes}::integer, ${now}
      )
      ON CONFLICT (version) DO UPDATE SET
        card = excluded.card, onnx_key = excluded.onnx_key, card_key = excluded.card_key, sha256 = excluded.sha256,
        bytes = excluded.bytes
    ), calibration AS (
      INSERT INTO calibrations (version, model, file_key, rows, summary, created_at)
      VALUES (
        ${calibration.version}, ${card.version}, ${calibrationKey}, ${card.trained_on.rows}::integer, '{}', ${now}
      )
      ON CONFLICT (version) DO UPDATE SET model = excluded.model, file_key = excluded.file_key, rows = excluded.rows
    )
    INSERT INTO releases (number, id, kind, model, calibration, by, reason, at)
    SELECT coalesce(max(number), 0) + 1, ${services.newId("rel")}, 'bundled', ${card.version}, ${calibration.version}, ${DEPLOYMENT},
      'came with the deployment', ${now}
    FROM releases
    HAVING NOT EXISTS (
      SELECT FROM releases AS active JOIN models AS m ON m.version = active.model
      WHERE active.number = (SELECT max(number) FROM releases)
        AND CASE active.kind
          WHEN 'bundled' THEN active.model = ${card.version} AND active.calibration = ${calibration.version}
          ELSE m.card->>'feature_set' = ${card.feature_set}
        END
    )
    ON CONFLICT DO NOTHING`);
}

/** The same for those who only look: an older deployment's is good enough for them. @throws as `ensureBaseline` */
export async function ensureAnyRelease(services: RegistryServices): Promise<void> {
  if ((await findActive(services.db)) === null) await ensureBaseline(services);
}

interface BaselineFiles {
  version: string;
  onnxKey: string;
  cardKey: string;
  calibrationKey: string;
}

async function isKnown({ db }: RegistryServices, files: BaselineFiles): Promise<boolean> {
  const { onnxKey, cardKey } = models;
  const known = await db
    .select({ onnxKey, cardKey, calibrationKey: calibrations.fileKey })
    .from(models)
    .innerJoin(calibrations, eq(calibrations.model, models.version))
    .where(eq(models.version, files.version));
  return known.some(
    (row) =>
      row.onnxKey === files.onnxKey && row.cardKey === files.cardKey && row.calibrationKey === files.calibrationKey,
  );
}
