import type { Bundled } from "./registry.ts";

/** The release that scores until another is made. Read when it is asked for: most isolates never need its bytes. */
export async function readBundled(): Promise<Bundled> {
  const [onnx, card, calibration] = await Promise.all([
    import("../../models/global@v0.onnx"),
    import("../../models/global@v0.card.json"),
    import("../../models/global@v0.calibration.json"),
  ]);
  return { onnx: new Uint8Array(onnx.default), card: card.default, calibration: calibration.default };
}
