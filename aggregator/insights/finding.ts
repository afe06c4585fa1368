import * as z from "zod";
import { AnsweredTime } from "../query/fields.ts";
import { BASELINE_KINDS, WindowName } from "./window.ts";

export const SEVERITIES = ["info", "notice", "warning", "critical"] as const;
export type Severity = (typeof SEVERITIES)[number];

export const KINDS = [
  "metric_change",
  "segment_change",
  "price_change",
  "declines",
  "refunds",
  "anomaly_rate",
  "attack",
  "incident",
  "new_member",
  "concentration",
  "stands_out",
  "data_quality",
  "record",
  "first_day",
] as const;

export const NumberFigure = z.strictObject({
  value: z.number(),
  unit: z.enum(["count", "money", "share", "times", "per_100", "ms"]).meta({
    description:
      "`share` is 0..1 and told in per cent, or negative for less; `times` is a factor; `per_100` is of a hundred sessions; `ms` is a length of time.",
  }),
  currency: z.string().optional().meta({ description: "ISO 4217, of money." }),
});
export type NumberFigure = z.infer<typeof NumberFigure>;

const Figure = z.union([NumberFigure, z.strictObject({ value: AnsweredTime, unit: z.literal("time") })]);
export type Figure = z.infer<typeof Figure>;
export type Figures = Record<string, Figure>;

const Sentence = z.strictObject({
  text: z.string(),
  figures: z.array(z.string()).meta({ description: "Names of the figures that its numbers are." }),
});
export type Sentence = z.infer<typeof Sentence>;

const Related = z.strictObject({
  count: z.int(),
  ids: z.array(z.string()).max(5),
  query: z.string().nullable().meta({ description: "Path that lists them." }),
});
export type Related = z.infer<typeof Related>;

const Segment = z.strictObject({
  dimension: z.enum(["country", "device", "category", "name"]),
  member: z.string(),
  value: z.number(),
  usual: z.number(),
  contribution: z.number().nullable().meta({
    description:
      "Its part in the difference of everything: those of all members of a dimension add up to 1. Null where there is no whole.",
  }),
});
export type Segment = z.infer<typeof Segment>;

export const Finding = z.strictObject({
  id: z.string().meta({ description: "The same for the same cause, however far the window has moved on." }),
  kind: z.enum(KINDS),
  severity: z.enum(SEVERITIES),
  title: z.string(),
  text: z.string().meta({ description: "The sentences, or what a language model made of them: see `rephrased`." }),
  rephrased: z.boolean().meta({
    description:
      "Whether `text` is rephrased. Every number in it is still one of the figures, and every name one of the finding's.",
  }),
  sentences: z.array(Sentence).meta({ description: "As they were written from the figures." }),
  figures: z.record(z.string(), Figure),
  change: z
    .strictObject({
      metric: z.string(),
      value: z.number(),
      usual: z.number(),
      ratio: z.number().nullable().meta({ description: "1 for as usual; null where nothing is usual." }),
      difference: z.number().meta({ description: "In counts or money, also of a quotient." }),
    })
    .nullable(),
  evidence: z.strictObject({
    test: z.enum(["against_history", "against_others", "by_rules", "counted"]).meta({
      description:
        "`against_history`: negative binomial against the baseline, with the variance beyond chance that it shows. `against_others`: the same against everything else in the window. `by_rules`: events that named rules found. `counted`: there is nothing to doubt.",
    }),
    p: z
      .number()
      .nullable()
      .meta({ description: "How likely it, or more, is by chance; null where that is not asked." }),
    occasions: z.int().meta({ description: "Earlier times it was held against." }),
  }),
  segments: z.array(Segment).meta({ description: "What explains it, the largest part first." }),
  cost: z
    .strictObject({
      amount: z.number().meta({ description: "Lost or at risk; negative for a gain." }),
      currency: z.string(),
      basis: z.string(),
    })
    .nullable(),
  consequences: z.array(z.string()).meta({ description: "Metrics that changed with it, and are not told apart." }),
  related: z.strictObject({ anomalies: Related, alerts: Related, incidents: Related }),
  next: z.array(
    z.strictObject({
      text: z.string(),
      api: z.string().meta({ description: "Path and query of this Worker." }),
      page: z.string().meta({ description: "Path of the dashboard." }),
    }),
  ),
});
export type Finding = z.infer<typeof Finding>;

export const InsightsAnswer = z.strictObject({
  window: z.strictObject({ name: WindowName, from: AnsweredTime, to: AnsweredTime }),
  traffic: z.enum(["all", "trusted"]),
  baseline: z.strictObject({
    kind: z.enum(BASELINE_KINDS).meta({
      description:
        "What is usual is told from the same hours of the weeks before, or while these are few of the days before. `none`: there is nothing to compare with, so that nothing is said of changes.",
    }),
    from: AnsweredTime.nullable(),
    to: AnsweredTime.nullable(),
    occasions: z.int().meta({ description: "Times like the window, those that are no example left out." }),
    weeks: z.int().meta({ description: "The same, where they are weeks; else 0." }),
  }),
  currency: z.string().nullable().meta({
    description: "The one most orders are in, which all amounts are of: currencies are never added.",
  }),
  generated_at: AnsweredTime,
  data: z.array(Finding).meta({ description: "What matters most first." }),
});

/** A finding before it is ranked. */
export type Draft = Omit<Finding, "text" | "rephrased" | "title"> & { title: Sentence };
