import { readFileSync } from "node:fs";
import { BASELINE_VERSION, DEFAULT_THRESHOLD } from "../../models/baseline.ts";
import type { Scoring } from "../../models/scoreboard.ts";
import type { DecisionSettings } from "../../shared/assess.ts";
import { Calibration } from "../../shared/calibration.ts";
import { readForestOnnx } from "../../shared/forest-onnx.ts";
import { RuleSettings } from "../../shared/rules/settings.ts";

export const SETTINGS: DecisionSettings = { threshold: DEFAULT_THRESHOLD, rules: RuleSettings.parse({}) };

/** The model a new deployment scores with. */
export function readBundled(): Scoring {
  const file = (ending: string) => readFileSync(new URL(`../../models/${BASELINE_VERSION}.${ending}`, import.meta.url));
  return {
    forest: readForestOnnx(file("onnx")).forest,
    version: BASELINE_VERSION,
    calibration: Calibration.parse(JSON.parse(file("calibration.json").toString())),
  };
}
