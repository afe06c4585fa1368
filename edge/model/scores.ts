import type { ModelOutput } from "../../shared/assess.ts";
import type { Calibration } from "../../shared/calibration.ts";
import type { ClientOutput } from "../../shared/judge.ts";

/** What a client model made of rows. */
export interface ClientScores {
  version: string;
  /** One per row; null of those that are no payments. */
  rows: readonly (ClientOutput | null)[];
  explain(input: ArrayLike<number>): ArrayLike<number>;
}

/** What one release, and no other, made of rows. */
export interface ReleaseScores {
  /** One per row, 0..1; null when no model could score. */
  raw: Float32Array | null;
  version: string | null;
  calibration: Calibration;
  /** Of the forest; not there when there is none. */
  explain?(vector: ArrayLike<number>): ArrayLike<number>;
  /** Null where the release has no client model, or it could not score. */
  client: ClientScores | null;
}

/** What the release that decides made of rows, and beside it one that does not. */
export interface Scores extends ReleaseScores {
  runtime: "ort" | "plain" | "none";
  degraded: string[];
  shadow: ReleaseScores | null;
}

/** What the models made of one row; null when none could score. */
export function outputAt({ raw, version, client, explain }: ReleaseScores, row: number): ModelOutput | null {
  const value = raw?.[row];
  if (value === undefined || version === null) return null;
  const output: ModelOutput = { raw: value, version };
  if (explain !== undefined) output.explain = explain;
  const said = client?.rows[row] ?? null;
  if (client === null || said === null) return output;
  output.client = { ...said, version: client.version, explain: client.explain };
  return output;
}
