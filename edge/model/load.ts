import { Calibration } from "../../shared/calibration.ts";
import { FEATURE_NAMES, FEATURE_SET } from "../../shared/features/features.ts";
import { readForestOnnx } from "../../shared/forest-onnx.ts";
import { scoreForest, type Forest } from "../../shared/forest.ts";
import { GOLDEN_TOLERANCE, ModelCard } from "../../shared/model-card.ts";

/** A model that was verified and can score. */
export interface VerifiedModel {
  card: ModelCard;
  calibration: Calibration;
  onnx: Uint8Array;
  forest: Forest;
}

export interface Artefact {
  onnx: Uint8Array;
  card: unknown;
  calibration: unknown;
}

/** An artefact that may not be used; the message says why, for the log. */
export class ModelRefused extends Error {
  override name = "ModelRefused";
}

/**
 * An artefact as a usable model: hash, card, calibration, feature table, the forest itself and its golden scores all fit.
 *
 * @throws ModelRefused otherwise
 */
export async function verifyModel(
  artefact: Artefact,
  sha256Hex: (bytes: Uint8Array) => Promise<string>,
): Promise<VerifiedModel> {
  const card = ModelCard.safeParse(artefact.card);
  if (!card.success) throw new ModelRefused("the card does not match its schema");
  const calibration = Calibration.safeParse(artefact.calibration);
  if (!calibration.success) throw new ModelRefused("the calibration does not match its schema");
  const { data } = card;
  if (data.sha256 !== (await sha256Hex(artefact.onnx))) throw new ModelRefused("the file has not the hash of its card");
  if (data.feature_set !== FEATURE_SET || data.features.join() !== FEATURE_NAMES.join()) {
    throw new ModelRefused(`the model wants the features ${data.feature_set}, here are ${FEATURE_SET}`);
  }
  const fitted = calibration.data;
  const isItsOwn = fitted.model === data.version && fitted.feature_set === data.feature_set;
  const tails = [fitted, ...(fitted.others === null ? [] : [fitted.others])];
  const fits = tails.every((one) =>
    [one.feature_tails, one.feature_known].every(({ length }) => length === FEATURE_NAMES.length),
  );
  if (!isItsOwn || !fits) {
    throw new ModelRefused("the calibration was fitted on another model");
  }
  const forest = readForest(artefact.onnx);
  if (forest.featureCount !== FEATURE_NAMES.length) throw new ModelRefused("the forest has another number of features");
  const { rows } = data.golden;
  if (rows.some((row) => row.length !== FEATURE_NAMES.length))
    throw new ModelRefused("the golden rows have another width");
  if (!isGolden(data, scoreForest(forest, goldenRows(data), rows.length))) {
    throw new ModelRefused("the golden rows score differently");
  }
  return { card: data, calibration: fitted, onnx: artefact.onnx, forest };
}

/** A card's golden rows, laid end to end. */
export function goldenRows({ golden }: ModelCard): Float32Array {
  return Float32Array.from(golden.rows.flat());
}

/** Whether these are the scores that a card gives its golden rows. */
export function isGolden({ golden }: ModelCard, scores: Float32Array): boolean {
  const isNear = (score: number, index: number) => Math.abs(score - (golden.scores[index] ?? NaN)) <= GOLDEN_TOLERANCE;
  return scores.length === golden.scores.length && scores.every(isNear);
}

function readForest(onnx: Uint8Array): Forest {
  try {
    return readForestOnnx(onnx).forest;
  } catch (error) {
    throw new ModelRefused("the file is not a forest", { cause: error });
  }
}
