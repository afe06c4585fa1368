import * as z from "zod";

/** What cards of every kind say of an artefact. */
const common = {
  version: z.string().regex(/^[a-z][a-z0-9-]*@v\d+$/),
  feature_set: z.string(),
  /** Names of the feature table it was trained on. */
  features: z.array(z.string()).min(1),
  /** SHA-256 of the ONNX file, hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().positive(),
  /** Measured before it was released on what it was not trained on. */
  metrics: z.record(z.string(), z.number()),
  limits: z.string(),
  /** The training run it comes from, and the version it was to be better than; of none that was built by hand. */
  lineage: z.strictObject({ run: z.string(), parent: z.string().nullable() }).optional(),
};

const TrainedOn = z.strictObject({
  source: z.string(),
  rows: z.int().positive(),
  seed: z.int(),
  from: z.iso.datetime(),
  to: z.iso.datetime(),
});

const Outputs = z.array(z.number()).min(1);
const Rows = z.array(z.array(z.number())).min(1);

/** What finds events unusual that nobody has labelled. */
export const ForestCard = z.strictObject({
  ...common,
  kind: z.literal("isolation-forest"),
  /** Feature vectors and the scores the forest gave them when it was built, reproduced within 1e-5 before it is used. */
  golden: z.strictObject({ rows: Rows, scores: Outputs }),
  trained_on: TrainedOn,
  parameters: z.strictObject({ trees: z.int().positive(), sample: z.int().positive(), depth: z.int().positive() }),
});
export type ForestCard = z.infer<typeof ForestCard>;

/** What learned from the shop's own labels: logistic regression and boosted trees side by side. */
export const ClientCard = z.strictObject({
  ...common,
  kind: z.literal("client-blend"),
  /** Inputs, each a feature vector followed by two pots, and the log-odds that both parts gave them; reproduced likewise. */
  golden: z.strictObject({ rows: Rows, logistic: Outputs, boosted: Outputs }),
  trained_on: z.strictObject({
    ...TrainedOn.shape,
    /** The rows by label; those without one were weak examples of what is legitimate. */
    labels: z.strictObject({ fraud: z.int().min(0), legitimate: z.int().min(0), unlabelled: z.int().min(0) }),
  }),
  parameters: z.record(z.string(), z.number()),
});
export type ClientCard = z.infer<typeof ClientCard>;

/** What is known of a model artefact. It lies beside the artefact, and nothing is scored with one whose card does not fit. */
export const ModelCard = z.discriminatedUnion("kind", [ForestCard, ClientCard]);
export type ModelCard = z.infer<typeof ModelCard>;

/** How far a model's golden outputs may be from those on its card. */
export const GOLDEN_TOLERANCE = 1e-5;
