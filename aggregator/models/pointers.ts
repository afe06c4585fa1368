import { sql, type SQL } from "drizzle-orm";
import { ReleasePointer } from "../../shared/release-pointer.ts";
import { queryRows, type Db } from "../store/db.ts";

/**
 * What decides, as the edge reads it. Null while that is what the deployment brought, which the edge has with it: a newer deployment's
 * takes its place without a release.
 */
export function activePointer(db: Db): Promise<ReleasePointer | null> {
  return readPointer(
    db,
    sql`SELECT id, model, client_model, calibration FROM releases
      WHERE number = (SELECT max(number) FROM releases) AND kind <> 'bundled'`,
  );
}

/** What scores beside it, as the edge reads it; null while nothing does. */
export function shadowPointer(db: Db): Promise<ReleasePointer | null> {
  return readPointer(db, sql`SELECT id, model, client_model, calibration FROM shadows WHERE stopped_at IS NULL`);
}

async function readPointer(db: Db, named: SQL): Promise<ReleasePointer | null> {
  const [pointer] = await queryRows(
    db,
    ReleasePointer,
    sql`
      SELECT 2 AS v, named.id AS release, m.version, m.onnx_key AS onnx, m.card_key AS card, c.file_key AS calibration,
        CASE WHEN client.version IS NOT NULL
          THEN jsonb_build_object('version', client.version, 'onnx', client.onnx_key, 'card', client.card_key)
        END AS client
      FROM (${named}) AS named
      JOIN models AS m ON m.version = named.model
      JOIN calibrations AS c ON c.version = named.calibration
      LEFT JOIN models AS client ON client.version = named.client_model`,
  );
  return pointer ?? null;
}
