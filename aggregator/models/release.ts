/** What a model is: the forest that learned without labels, or the blend that learned from them. */
export const MODEL_KINDS = ["isolation-forest", "client-blend"] as const;
export type ModelKind = (typeof MODEL_KINDS)[number];

/** How a release came to decide: it came with the deployment, training released it, an operator did, or went back to it. */
export const RELEASE_KINDS = ["bundled", "trained", "promoted", "rolled_back"] as const;
export type ReleaseKind = (typeof RELEASE_KINDS)[number];

/** What scores, by version: a forest, a client model or none, and the calibration that was fitted on exactly these. */
export interface ReleaseNames {
  model: string;
  client: string | null;
  calibration: string;
}

export function isSameRelease(one: ReleaseNames, other: ReleaseNames): boolean {
  return one.model === other.model && one.client === other.client && one.calibration === other.calibration;
}

/** A release in words, such as `global@v3 with client@v2, calibration 2026-W47`. */
export function releaseTitle({ model, client, calibration }: ReleaseNames): string {
  return `${model}${client === null ? "" : ` with ${client}`}, calibration ${calibration}`;
}

/** The names in a row of a release or of a shadow. */
export function namesOf(row: { model: string; clientModel: string | null; calibration: string }): ReleaseNames {
  return { model: row.model, client: row.clientModel, calibration: row.calibration };
}
