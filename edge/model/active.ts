import * as z from "zod";
import { withDeadline } from "../../shared/deadline.ts";
import type { Artefact } from "./load.ts";

/** The KV entry that names the released model. */
export const ACTIVE_ENTRY = "model:active";

/** Which files of the MODELS bucket are the released model. */
export const ActivePointer = z.strictObject({
  v: z.literal(1),
  version: z.string(),
  onnx: z.string(),
  card: z.string(),
  calibration: z.string(),
});
export type ActivePointer = z.infer<typeof ActivePointer>;

/** KV and R2 are read with this deadline; on failure the loaded model goes on. */
const DEADLINE_MS = 5_000;

/** A released model, not yet read. */
export interface Release {
  version: string;
  /** Differs between releases: a model may be released again with another calibration. */
  id: string;
  /** @throws Error when it cannot be read in time */
  artefact(): Promise<Artefact>;
}

/** The released model as KV and R2 hold it; null when none was released. @throws Error when it cannot be read in time */
export async function fetchActive(config: KVNamespace, models: R2Bucket): Promise<Release | null> {
  const entry = await withDeadline(config.get(ACTIVE_ENTRY, { type: "json", cacheTtl: 30 }), DEADLINE_MS);
  if (entry === null) return null;
  const pointer = ActivePointer.parse(entry);
  return {
    version: pointer.version,
    id: [pointer.version, pointer.onnx, pointer.card, pointer.calibration].join(" "),
    artefact: () => withDeadline(fetchArtefact(pointer, models), DEADLINE_MS),
  };
}

async function fetchArtefact(pointer: ActivePointer, models: R2Bucket): Promise<Artefact> {
  const [onnx, card, calibration] = await Promise.all(
    [pointer.onnx, pointer.card, pointer.calibration].map((key) => models.get(key)),
  );
  if (!onnx || !card || !calibration) throw new Error("a file of the model is missing");
  return {
    onnx: new Uint8Array(await onnx.arrayBuffer()),
    card: json(await card.text()),
    calibration: json(await calibration.text()),
  };
}

/** What a file says, or undefined when it is not JSON: like any other content that does not fit, that is refused, not read again. */
function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
