import * as z from "zod";

const Share = z.number().min(0).max(1);
const Count = z.number().min(0);
/** Sums of money by currency, in major units. */
const Money = z.record(z.string(), z.number());

/** How one of the two fared on the judged days. */
export const Measured = z.strictObject({
  average_precision: Share.nullable().meta({
    description: "Of confirmed anomalies among all events; null without any.",
  }),
  recall_at_budget: Share.nullable().meta({
    description: "Share of the confirmed among the `budget` highest scores; null without any.",
  }),
  alerts_per_day: Count,
  alert_rate: Share.meta({
    description: "Share of the events not confirmed as anomalies that are at or above the threshold.",
  }),
  suspect_rate: Share.meta({
    description:
      "Share of the payments not confirmed that statistics alone put beyond their 1 in 200: 0.005 keeps what scores promise.",
  }),
  caught: Count.meta({ description: "Confirmed anomalies at or above the threshold." }),
  missed: Count.meta({ description: "Confirmed anomalies below it." }),
  caught_value: Money.meta({ description: "What the caught were worth, by currency." }),
  missed_value: Money.meta({ description: "What the missed were worth, by currency: the money at risk." }),
});
export type Measured = z.infer<typeof Measured>;

/** Champion and challenger on the same events, none of which the challenger was trained on. */
export const Comparison = z.strictObject({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  events: Count.meta({ description: "Judged on; where only a sample was read, as many as it stands for." }),
  payments: Count,
  rows: Count.meta({ description: "Events read." }),
  payment_rows: Count,
  confirmed: Count,
  threshold: Share,
  budget: Count.meta({
    description: "Alerts that recall is measured at: as many as were confirmed, at least 0.5 % of the payments.",
  }),
  champion: Measured,
  challenger: Measured,
  only_champion: Count.meta({ description: "Confirmed anomalies within the budget of the champion alone." }),
  only_challenger: Count,
  days: z.array(
    z.strictObject({
      date: z.iso.date(),
      events: Count,
      confirmed: Count,
      champion_alerts: Count,
      challenger_alerts: Count,
    }),
  ),
});
export type Comparison = z.infer<typeof Comparison>;

const Example = z.strictObject({
  event_id: z.string(),
  champion_score: Share,
  challenger_score: Share,
  label: z.enum(["fraud", "legitimate"]).nullable(),
});
export type Example = z.infer<typeof Example>;

/** Whose verdict would change, on the judged days. */
export const Changes = z.strictObject({
  newly_alerted: Count,
  no_longer_alerted: Count,
  examples: z.array(Example).meta({ description: "Those whose score changes most, confirmed anomalies first." }),
});
export type Changes = z.infer<typeof Changes>;

/** A week of the past under the champion. */
export const PastWeek = z.strictObject({
  from: z.iso.date(),
  payments: Count.meta({ description: "Sampled payments not confirmed as fraud." }),
  suspects: Count.meta({
    description: "Of these, unreviewed ones beyond 1 in 200 by statistics alone, named rules' findings apart.",
  }),
});
export type PastWeek = z.infer<typeof PastWeek>;

/** What the challenger was made from. */
export const TrainingFigures = z.strictObject({
  trained_on: Count.meta({ description: "Payments the forest was grown from." }),
  left_out_confirmed: Count,
  left_out_suspect: Count.meta({ description: "Unreviewed payments beyond the champion's 1 in 200." }),
  client: z
    .strictObject({ fraud: Count, legitimate: Count, unlabelled: Count })
    .nullable()
    .meta({ description: "Payments the client model learned from, by label; null where labels are too few for one." }),
  weeks: z.array(PastWeek),
});
export type TrainingFigures = z.infer<typeof TrainingFigures>;

/** Why a challenger is kept out. */
export const KEPT_CODES = [
  "too_few_rows",
  "drift_stop",
  "poisoned_window",
  "alert_rate",
  "recall_lost",
  "not_verified",
  "champion_changed",
] as const;

export const Finding = z.strictObject({ code: z.enum(KEPT_CODES), detail: z.string() });
export type Finding = z.infer<typeof Finding>;
