import * as z from "zod";
import type { DecisionSettings } from "./assess.ts";
import { potScore } from "./calibration.ts";
import { RuleSettings } from "./rules/settings.ts";

/** The KV entry the edge reads the operator's settings from. */
export const DETECTION_ENTRY = "config:detection";

/** Below it, more would be alerted on than anybody looks at. */
const THRESHOLD_LEAST = 0.1;
/** The rarest that scores tell apart, and the share whose threshold is the least. */
const SHARE_LEAST = 1e-5;
const SHARE_MOST = 0.3;
const ALERTS_A_DAY_MOST = 100_000;

export const Threshold = z.number().min(THRESHOLD_LEAST).max(1);

/** `cardTestingCards` as it is written outside: `card_testing_cards`. */
function writtenName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Without their defaults: what an operator does not set stays the deployment's. */
const overrides = Object.fromEntries(
  Object.entries(RuleSettings.shape).map(([name, setting]) => [writtenName(name), setting.unwrap().optional()]),
);

const AlertBudget = z.union([
  z.strictObject({
    per_day: z.number().positive().max(ALERTS_A_DAY_MOST).meta({ description: "About as many alerts a day." }),
  }),
  z.strictObject({
    share: z
      .number()
      .min(SHARE_LEAST)
      .max(SHARE_MOST)
      .meta({ description: "Of clean events, 0..1; 0.001 is 1 in 1,000." }),
  }),
]);
export type AlertBudget = z.infer<typeof AlertBudget>;

/** What an operator may set while the product runs. */
export const DetectionSettings = z
  .strictObject({
    threshold: Threshold.nullable().meta({
      description: "Score from which an event is an anomaly. Null: by the alert budget.",
    }),
    alert_budget: AlertBudget.nullable().meta({
      description:
        "What the threshold is chosen for, where none is given. Null for both: the deployment's ALERT_THRESHOLD.",
    }),
    rules: z
      .strictObject(overrides)
      .meta({ description: "Thresholds of the named rules. What is missing: the deployment's." }),
  })
  .refine(({ threshold, alert_budget }) => threshold === null || alert_budget === null, {
    path: ["alert_budget"],
    error: "must be null where a threshold is given, which leaves nothing to choose",
  });
export type DetectionSettings = z.infer<typeof DetectionSettings>;

/** The settings as the edge reads them. A rule's setting that it does not know, being older or newer, is passed over. */
export const DetectionDocument = z.strictObject({
  v: z.literal(1),
  version: z.int(),
  threshold: Threshold.nullable(),
  rules: z.object(overrides),
});
export type DetectionDocument = z.infer<typeof DetectionDocument>;

/** The threshold beyond which this share of clean events lies: -log10(share) / 5. */
export function thresholdOfShare(share: number): number {
  return potScore(-Math.log10(share));
}

/** A deployment's settings with what an operator set in their place. */
export function withOverrides(settings: DecisionSettings, { threshold, rules }: DetectionDocument): DecisionSettings {
  const overridden = Object.entries(settings.rules).map(([name, value]) => [name, rules[writtenName(name)] ?? value]);
  return {
    threshold: threshold ?? settings.threshold,
    rules: Object.fromEntries(overridden) as RuleSettings, // the same names, each with a value of the same schema
  };
}
