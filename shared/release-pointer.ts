import * as z from "zod";

/** The KV entry that names what decides. */
export const ACTIVE_ENTRY = "model:active";
/** The KV entry that names what scores beside it and decides nothing. */
export const SHADOW_ENTRY = "model:shadow";

/** A release as the edge finds it in KV: which files of the MODELS bucket it consists of. */
export const ReleasePointer = z.strictObject({
  v: z.literal(2),
  /** Id of the release: the same files may be released again. */
  release: z.string().min(1),
  version: z.string().min(1),
  onnx: z.string().min(1),
  card: z.string().min(1),
  calibration: z.string().min(1),
  client: z.strictObject({ version: z.string().min(1), onnx: z.string().min(1), card: z.string().min(1) }).nullable(),
});
export type ReleasePointer = z.infer<typeof ReleasePointer>;
