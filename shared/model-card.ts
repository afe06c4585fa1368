import * as z from "zod";

/** What is known of a model artefact. It lies beside the artefact, and nothing is scored with one whose card does not fit. */
export const ModelCard = z.strictObject({
  version: z.string().regex(/^[a-z][a-z0-9-]*@v\d+$/),
  kind: z.literal("isolation-forest"),
  feature_set: z.string(),
  features: z.array(z.string()).min(1),
  /** SHA-256 of the ONNX file, hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().positive(),
  /** Rows and the scores the model gave them when it was built, reproduced within 1e-5 before it is used. */
  golden: z.strictObject({ rows: z.array(z.array(z.number())).min(1), scores: z.array(z.number()).min(1) }),
  trained_on: z.strictObject({
    source: z.string(),
    rows: z.int().positive(),
    seed: z.int(),
    from: z.iso.datetime(),
    to: z.iso.datetime(),
  }),
  parameters: z.strictObject({ trees: z.int().positive(), sample: z.int().positive(), depth: z.int().positive() }),
  /** Measured at build time on simulated traffic the model was not trained on. */
  metrics: z.record(z.string(), z.number()),
  limits: z.string(),
});
export type ModelCard = z.infer<typeof ModelCard>;

/** How far a model's golden scores may be from those on its card. */
export const GOLDEN_TOLERANCE = 1e-5;
