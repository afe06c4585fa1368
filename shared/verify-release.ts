import { Calibration } from "./calibration.ts";
import { scoreClient, type ClientModel } from "./client-model.ts";
import { readClientOnnx } from "./client-model-onnx.ts";
import { sha256Hex } from "./digest.ts";
import { FEATURE_NAMES, FEATURE_SET } from "./features/features.ts";
import { readForestOnnx } from "./forest-onnx.ts";
import { scoreForest, type Forest } from "./forest.ts";
import { CLIENT_WIDTH } from "./judge.ts";
import { ClientCard, ForestCard, GOLDEN_TOLERANCE } from "./model-card.ts";

/** What a release consists of, as its files hold it. */
export interface Artefact {
  onnx: Uint8Array;
  card: unknown;
  calibration: unknown;
  client: { onnx: Uint8Array; card: unknown } | null;
}

/** A release that was verified and can score. */
export interface VerifiedRelease {
  card: ForestCard;
  onnx: Uint8Array;
  forest: Forest;
  calibration: Calibration;
  client: VerifiedClient | null;
}

export interface VerifiedClient {
  card: ClientCard;
  onnx: Uint8Array;
  model: ClientModel;
}

/** An artefact that may not be used; the message says why, for the log. */
export class ModelRefused extends Error {
  override name = "ModelRefused";
}

/**
 * An artefact as a usable release: hashes, cards, calibration, feature table, the models themselves and their golden outputs all fit.
 *
 * @throws ModelRefused otherwise
 */
export async function verifyRelease(artefact: Artefact): Promise<VerifiedRelease> {
  const card = ForestCard.safeParse(artefact.card);
  if (!card.success) throw new ModelRefused("the card does not match its schema");
  const calibration = Calibration.safeParse(artefact.calibration);
  if (!calibration.success) throw new ModelRefused("the calibration does not match its schema");
  await checkCard(card.data, artefact.onnx);
  checkCalibration(calibration.data, card.data);
  return {
    card: card.data,
    onnx: artefact.onnx,
    forest: verifyForest(card.data, artefact.onnx),
    calibration: calibration.data,
    client: await verifyClient(artefact.client, calibration.data),
  };
}

/** A card's golden rows, laid end to end. */
export function goldenRows({ golden }: ForestCard | ClientCard): Float32Array {
  return Float32Array.from(golden.rows.flat());
}

/** Whether these are the outputs that a card promises. */
export function isGolden(promised: readonly number[], outputs: Float32Array): boolean {
  const isNear = (output: number, index: number) => Math.abs(output - (promised[index] ?? NaN)) <= GOLDEN_TOLERANCE;
  return outputs.length === promised.length && outputs.every(isNear);
}

async function checkCard(card: ForestCard | ClientCard, onnx: Uint8Array): Promise<void> {
  if (card.sha256 !== (await sha256Hex(onnx))) throw new ModelRefused("the file has not the hash of its card");
  if (card.feature_set !== FEATURE_SET || card.features.join() !== FEATURE_NAMES.join()) {
    throw new ModelRefused(`the model wants the features ${card.feature_set}, here are ${FEATURE_SET}`);
  }
}

function checkCalibration(calibration: Calibration, { version, feature_set }: ForestCard): void {
  const isItsOwn = calibration.model === version && calibration.feature_set === feature_set;
  const tails = [calibration, ...(calibration.others === null ? [] : [calibration.others])];
  const fits = tails.every((one) =>
    [one.feature_tails, one.evidence_tails ?? one.feature_tails, one.feature_known].every(
      ({ length }) => length === FEATURE_NAMES.length,
    ),
  );
  if (!isItsOwn || !fits) throw new ModelRefused("the calibration was fitted on another model");
}

function verifyForest(card: ForestCard, onnx: Uint8Array): Forest {
  const forest = readable("a forest", () => readForestOnnx(onnx).forest);
  if (forest.featureCount !== FEATURE_NAMES.length) throw new ModelRefused("the forest has another number of features");
  const outputs = scoreForest(forest, rowsOf(card, forest.featureCount), card.golden.rows.length);
  if (!isGolden(card.golden.scores, outputs)) throw new ModelRefused("the golden rows score differently");
  return forest;
}

async function verifyClient(client: Artefact["client"], calibration: Calibration): Promise<VerifiedClient | null> {
  const fittedOn = calibration.client?.version ?? null;
  if (client === null) {
    if (fittedOn !== null) throw new ModelRefused("the calibration was fitted on a client model as well");
    return null;
  }
  const card = ClientCard.safeParse(client.card);
  if (!card.success) throw new ModelRefused("the client model's card does not match its schema");
  if (fittedOn !== card.data.version) throw new ModelRefused("the calibration was fitted on another client model");
  await checkCard(card.data, client.onnx);
  const model = readable("a client model", () => readClientOnnx(client.onnx).model);
  if (model.featureCount !== CLIENT_WIDTH) throw new ModelRefused("the client model has another number of inputs");
  const outputs = scoreClient(model, rowsOf(card.data, CLIENT_WIDTH), card.data.golden.rows.length);
  const { logistic, boosted } = card.data.golden;
  if (!isGolden(logistic, outputs.logistic) || !isGolden(boosted, outputs.boosted)) {
    throw new ModelRefused("the client model's golden rows score differently");
  }
  return { card: card.data, onnx: client.onnx, model };
}

function rowsOf(card: ForestCard | ClientCard, width: number): Float32Array {
  if (card.golden.rows.some((row) => row.length !== width))
    throw new ModelRefused("the golden rows have another width");
  return goldenRows(card);
}

function readable<Model>(what: string, read: () => Model): Model {
  try {
    return read();
  } catch (error) {
    throw new ModelRefused(`the file is not ${what}`, { cause: error });
  }
}
