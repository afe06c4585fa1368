import { BASELINE_VERSION, type Baseline } from "./baseline.ts";

/** The baseline as the files of this folder, by name. */
export function serialized({ onnx, card, calibration }: Baseline): Record<string, Uint8Array> {
  return {
    [`${BASELINE_VERSION}.onnx`]: onnx,
    [`${BASELINE_VERSION}.card.json`]: toJson(card),
    [`${BASELINE_VERSION}.calibration.json`]: toJson(calibration),
  };
}

/** Indented, but with lists of numbers on one line each. */
function toJson(value: unknown): Uint8Array {
  const text = JSON.stringify(value, null, 1).replaceAll(/\[[-\d.,e\s]+\]/g, (list) => list.replaceAll(/\s+/g, ""));
  return new TextEncoder().encode(`${text}\n`);
}
