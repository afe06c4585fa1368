import * as z from "zod";
import { currencyDecimals } from "../../../shared/currency.ts";
import { LIMITS } from "../../../shared/limits.ts";
import { Keepable } from "../../query/fields.ts";

const DAY_S = 24 * 60 * 60;
const LISTED_MOST = 50;

/** A list of different values, at least one. */
function someOf<Value extends z.ZodType<string>>(value: Value) {
  return z
    .array(value)
    .min(1)
    .max(LISTED_MOST)
    .refine((values) => new Set<string>(values).size === values.length, "must not name the same twice");
}

const Share = z.number().min(0).max(1);

/**
 * What an anomaly must be to alert. Everything that is given must hold; nothing given holds for every anomaly.
 * What an event does not say, or a score does not have, is never at least anything.
 */
export const Conditions = z.strictObject({
  names: someOf(z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, "must be an event's name"))
    .optional()
    .meta({ description: "The event has one of these names.", examples: [["purchase", "payment_failed"]] }),
  min_score: Share.optional().meta({ description: "The score is at least this." }),
  min_value: z
    .record(
      z.string().refine((code) => currencyDecimals(code) !== undefined, "must be a currency code of ISO 4217"),
      z.number().min(0).max(LIMITS.money),
    )
    .refine((amounts) => Object.keys(amounts).length > 0, "must name a currency")
    .optional()
    .meta({
      description:
        "The event's value is at least this, by its currency: amounts of different currencies are never compared. " +
        "An event without a value, or in a currency that is not named, does not match.",
      examples: [{ EUR: 100, JPY: 15_000 }],
    }),
  countries: someOf(z.string().regex(/^[A-Z]{2}$/, "must be two capital letters (ISO 3166-1)"))
    .optional()
    .meta({ description: "The event came from one of these." }),
  reasons: someOf(Keepable.min(1).max(100))
    .optional()
    .meta({ description: "One of the assessment's reasons has one of these codes.", examples: [["card_testing"]] }),
  min_signals: z
    .strictObject({ model: Share, rules: Share, client_model: Share })
    .partial()
    .refine((signals) => Object.keys(signals).length > 0, "must name a signal")
    .optional()
    .meta({ description: "Each of these signals of the assessment is at least so high." }),
});
export type Conditions = z.infer<typeof Conditions>;

export const GroupBy = z.enum(["entity", "reason"]).meta({
  description:
    "What makes anomalies alike: entity is the customer, else the e-mail, device, card or network, whichever the event names first; " +
    "of card testing, coupon abuse, hoarding and bots the network or device first, and of a price glitch the shop's prices. reason is the strongest reason's code.",
});
export type GroupBy = z.infer<typeof GroupBy>;

/** What can be said of a rule. */
export const RULE_FIELDS = {
  name: Keepable.min(1).max(100).meta({ description: "For people; it stands in the alerts." }),
  enabled: z.boolean(),
  conditions: Conditions.meta({ description: "What alerts. All that is given must hold." }),
  group_by: GroupBy,
  group_seconds: z.int().min(0).max(DAY_S).meta({
    description: "What is alike within this time of the first is one alert; with 0 every anomaly is its own.",
  }),
  cool_down_seconds: z
    .int()
    .min(0)
    .max(7 * DAY_S)
    .meta({ description: "For so long after that, what is alike raises no alert and is counted to the one before." }),
  alerts_per_hour: z
    .int()
    .min(0)
    .max(1_000)
    .meta({
      description:
        "What is beyond this number in an hour goes into one digest, sent when the hour is over. The hour begins with an alert. " +
        "With 0 there are digests alone.",
    }),
  webhook_ids: someOf(Keepable.min(1).max(200))
    .nullable()
    .meta({ description: "Where alerts go; null for every webhook that wants the type." }),
};

export const NewRule = z.strictObject({
  name: RULE_FIELDS.name,
  enabled: RULE_FIELDS.enabled.default(true),
  conditions: RULE_FIELDS.conditions.prefault({}),
  group_by: RULE_FIELDS.group_by.default("entity"),
  group_seconds: RULE_FIELDS.group_seconds.default(300),
  cool_down_seconds: RULE_FIELDS.cool_down_seconds.default(0),
  alerts_per_hour: RULE_FIELDS.alerts_per_hour.default(60),
  webhook_ids: RULE_FIELDS.webhook_ids.default(null),
});
export type NewRule = z.output<typeof NewRule>;

export const RuleChange = z
  .strictObject(RULE_FIELDS)
  .partial()
  .refine((change) => Object.keys(change).length > 0, "must change something");
export type RuleChange = z.output<typeof RuleChange>;

/** The part of a rule that decides what an anomaly comes to. */
export interface Rule {
  id: string;
  name: string;
  conditions: Conditions;
  groupBy: GroupBy;
  groupMs: number;
  coolDownMs: number;
  alertsPerHour: number;
  /** Null when the rule is not silenced; may have passed. */
  silencedUntilMs: number | null;
}

/** An anomaly as the rules see it. */
export const Found = z
  .object({
    id: z.string(),
    event_id: z.string(),
    found_at: z.coerce.date(),
    entity: z.string().nullable(),
    name: z.string(),
    score: z.number(),
    value: z.number().nullable(),
    currency: z.string().nullable(),
    country: z.string().nullable(),
    signals: z.object({ model: z.number().nullable(), client_model: z.number().nullable(), rules: z.number() }),
    reasons: z.array(z.object({ code: z.string(), detail: z.string() })),
  })
  .transform(({ event_id: eventId, found_at: foundAt, ...rest }) => ({ ...rest, eventId, foundMs: foundAt.getTime() }));
export type Found = z.output<typeof Found>;
