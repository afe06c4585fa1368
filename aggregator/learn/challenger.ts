import type { Calibration } from "../../shared/calibration.ts";
import { growForest } from "../../shared/fit.ts";
import type { Forest } from "../../shared/forest.ts";
import { seededRandom } from "../../shared/random.ts";
import { calibrate } from "./calibrate.ts";
import type { TrainingFigures } from "./figures.ts";
import { LIMITS } from "./guard.ts";
import { learnClient, type LearnedClient } from "./learn-client.ts";
import { pastWeeks } from "./past-weeks.ts";
import type { LearningRow } from "./row.ts";
import { scoreRows, type Scorer } from "./score-rows.ts";
import { areApart, calibrationSet, cleanPayments, trainingRows } from "./training-set.ts";

/** What a challenger is trained from. */
export interface Lesson {
  /** All rows before those that it will be judged on. */
  past: readonly LearningRow[];
  pastEndMs: number;
  champion: Scorer;
  /** Whether the champion was fitted on no event of this shop. */
  isBundled: boolean;
  /** The versions that the new models will go by. */
  versions: { model: string; client: string };
  /** Any safe integer: the same lesson gives the same challenger. */
  seed: number;
}

/** Models that were just trained, with a calibration on the past alone: that by which they are judged. */
export interface Challenger {
  model: { version: string; forest: Forest; trainedOn: LearningRow[] };
  client: (LearnedClient & { version: string }) | null;
  calibration: Calibration;
  /** Whether half of the past was kept from the models for calibrating. */
  isApart: boolean;
}

/** What a lesson came to; no challenger where there are too few payments for one. */
export interface Lessoned {
  challenger: Challenger | null;
  figures: TrainingFigures;
}

/** Trains a forest on what looks clean, and a client model where labels allow one. */
export function teach({ past, pastEndMs, champion, isBundled, versions, seed }: Lesson): Lessoned {
  const scores = scoreRows(past, champion);
  const isApart = areApart(past);
  const clean = cleanPayments(past, scores.score, isBundled);
  const trainedOn = trainingRows(clean.rows, isApart);
  const figures: TrainingFigures = {
    trained_on: trainedOn.length,
    left_out_confirmed: clean.confirmed,
    left_out_suspect: clean.suspect,
    client: null,
    weeks: pastWeeks(past, scores, pastEndMs),
  };
  if (trainedOn.length < LIMITS.trainedOnLeast) return { challenger: null, figures };
  const random = seededRandom(seed);
  const forest = growForest(
    trainedOn.map(({ vector }) => vector),
    random,
  );
  const model = { version: versions.model, forest, trainedOn };
  const set = calibrationSet(past, { endMs: pastEndMs, pastEndMs, isApart });
  const base = calibrate(JUDGED, { model, client: null }, set);
  const learned = learnClient(trainingRows(past, isApart), forest, base, random);
  if (learned === null) return { challenger: { model, client: null, calibration: base, isApart }, figures };
  const client = { ...learned, version: versions.client };
  const calibration = calibrate(JUDGED, { model, client }, set);
  return { challenger: { model, client, calibration, isApart }, figures: { ...figures, client: learned.labels } };
}

/** The calibration that a challenger is judged by goes no further, and has no version of its own. */
const JUDGED = "judged";
