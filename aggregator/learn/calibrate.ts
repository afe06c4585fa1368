import type { ClientRows } from "../../shared/calibration-fit.ts";
import type { Calibration } from "../../shared/calibration.ts";
import { scoreClient, type ClientModel } from "../../shared/client-model.ts";
import { calibrateForest } from "../../shared/fit.ts";
import type { Forest } from "../../shared/forest.ts";
import { fitRowOf } from "./row.ts";
import { clientInputs } from "./score-rows.ts";
import type { CalibrationSet } from "./training-set.ts";

/** What is calibrated, by the versions it goes by. */
export interface Models {
  model: { version: string; forest: Forest };
  client: { version: string; model: ClientModel; confirmed: number } | null;
}

/** The calibration of models on a shop's own events. @throws RangeError without payments */
export function calibrate(
  version: string,
  { model, client }: Models,
  { payments, others }: CalibrationSet,
): Calibration {
  const names = { version, model: model.version };
  const rows = payments.map(fitRowOf);
  const base = calibrateForest(names, model.forest, rows, others.map(fitRowOf));
  if (client === null) return base;
  const inputs = clientInputs(payments, model.forest, base);
  const outputs: ClientRows = {
    version: client.version,
    confirmed: client.confirmed,
    ...scoreClient(client.model, inputs, payments.length),
  };
  return { ...calibrateForest(names, model.forest, rows, [], outputs), others: base.others };
}
