import * as z from "zod";

const Share = z.number().min(0).max(1);

export const Reason = z.strictObject({
  code: z.string().meta({ description: "Stable name of the rule or feature.", examples: ["card_testing"] }),
  detail: z.string().meta({
    description: "Plain words with the real values.",
    examples: ["14 orders with this card in 1 h; usual is 1"],
  }),
  contribution: Share.meta({ description: "Share of the evidence, 0..1; the reasons given add up to at most 1." }),
});
export type Reason = z.infer<typeof Reason>;

/** What was made of one event. Answered to secret keys only. */
export const Assessment = z.strictObject({
  score: Share.meta({
    description:
      "-log10 of the share of clean events that look at least as strange, over 5: 0.4 is 1 in 100, 0.6 is 1 in 1,000, 0.8 is 1 in 10,000.",
  }),
  anomaly: z.boolean().meta({ description: "score >= threshold" }),
  threshold: Share,
  confidence: Share.meta({
    description: "How much of what the score needs was known: lower without history or with parts missing.",
  }),
  reasons: z.array(Reason),
  signals: z.strictObject({
    model: Share.nullable().meta({ description: "The model alone; null when no model could score." }),
    client_model: Share.nullable().meta({
      description: "The shop's own model, learned from labels, blended with the others; null when none scored.",
    }),
    rules: Share,
  }),
  model: z
    .string()
    .nullable()
    .meta({ description: "Version of the model that scored; null for rules alone.", examples: ["global@v0"] }),
  client_model: z
    .string()
    .nullable()
    .meta({ description: "Version of the shop's own model, where it scored: payments only.", examples: ["client@v2"] }),
  calibration: z.string(),
  degraded: z.array(z.string()).meta({ description: 'What was missing when this was scored, such as "profile:ip".' }),
});
export type Assessment = z.infer<typeof Assessment>;

/** What models that do not decide made of an event, beside the assessment that does. */
export const Shadow = z.strictObject({
  model: z.string().nullable(),
  client_model: z.string().nullable(),
  calibration: z.string(),
  score: Share,
  anomaly: z.boolean().meta({ description: "score >= the threshold of the assessment" }),
});
export type Shadow = z.infer<typeof Shadow>;
