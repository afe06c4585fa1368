import { histogramOf } from "../../shared/alert-budget.ts";
import { FEATURE_NAMES, FEATURE_SET } from "../../shared/features/features.ts";
import { seededRandom } from "../../shared/random.ts";
import { FEATURE_BINS } from "../drift/feature-bins.ts";
import type { Db } from "../store/db.ts";
import { featureDays, scoreHours } from "../store/schema.ts";

/** Scores as they promise to be, or so many times as large. */
export function promisedScores(seed: number, count: number, stretch = 1): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => Math.min(1, (-Math.log10(1 - random()) / 5) * stretch));
}

/** A day of scores as they are counted, all in one hour. */
export async function insertScores(
  db: Db,
  date: string,
  scores: readonly number[],
  rest: Partial<typeof scoreHours.$inferInsert> = {},
): Promise<void> {
  const at = new Date(`${date}T12:00:00Z`);
  await db.insert(scoreHours).values({
    at,
    payments: true,
    fraud: false,
    model: "global@v0",
    calibration: "global@v0",
    events: scores.length,
    alerts: 0,
    promised: scores.length / 1_000,
    scores: histogramOf(scores),
    countedAt: at,
    ...rest,
  });
}

/** A day of features as they are counted: each 0 to 1, but those that are named, which are so much larger. */
export async function insertFeatures(
  db: Db,
  date: string,
  seed: number,
  larger: Readonly<Record<string, number>> = {},
): Promise<void> {
  const sampled = 1_000;
  const random = seededRandom(seed);
  const bins = FEATURE_NAMES.flatMap((name) => {
    const counts = Array.from({ length: FEATURE_BINS }, () => 0);
    for (let nth = 0; nth < sampled; nth++) {
      const bin = 1 + Math.floor((random() + (larger[name] ?? 0)) * 20);
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    return counts;
  });
  const countedAt = new Date(`${date}T23:59:59Z`);
  await db.insert(featureDays).values({ date, featureSet: FEATURE_SET, events: sampled, sampled, bins, countedAt });
}
