import * as z from "zod";
import { budgetThreshold, type BudgetDay } from "../../shared/alert-budget.ts";
import type { AlertBudget } from "../../shared/detection-settings.ts";
import { DetectionSettings, Threshold } from "../../shared/detection-settings.ts";
import { defineRoute } from "../../shared/route.ts";
import { operation, type Operation } from "../../shared/serve.ts";
import { readScoreDays, wholeDays } from "../days/read-days.ts";
import { DEPLOYED } from "../detection/effective.ts";
import { findSettings, listSettings } from "../detection/settings.ts";
import { GUARDED } from "../query/access.ts";
import { AnsweredTime } from "../query/fields.ts";
import type { Db } from "../store/db.ts";
import { budgetDays } from "./budget-days.ts";
import { readBudget } from "./state.ts";
import { kindOf } from "./wish.ts";

const WEEK = 7;
const THRESHOLDS_TOLD = 30;

const Realised = {
  events: z.int().meta({
    description:
      "Payment attempts not known to be fraud, for a share; for a number a day and without a budget, all events.",
  }),
  alerts: z.int().meta({ description: "Of these, the anomalies." }),
  wished: z.number().nullable().meta({ description: "Alerts that the budget of today would have; null without one." }),
  ratio: z.number().nullable().meta({ description: "Alerts over those wished; null where none were." }),
};

const BudgetAnswer = z.strictObject({
  target: DetectionSettings.shape.alert_budget.meta({ description: "What is wished; null where no budget holds." }),
  threshold: Threshold.nullable().meta({ description: "What events are held against; null: the deployment's." }),
  reason: z.string().meta({ description: "Why it is this one." }),
  basis: z.enum(["promise", "counted", "extrapolated", "floor", "ceiling"]).nullable().meta({
    description:
      "What a budget's threshold is founded on: what scores promise, scores that were counted or extrapolated, or a bound (0.3 and 0.98).",
  }),
  correction: z.number().nullable().meta({ description: "Factor on the wish that makes the outcome meet it." }),
  days_known: z.int().meta({ description: "Whole days whose scores it is founded on, at most 28." }),
  days: z
    .array(z.strictObject({ date: z.iso.date(), ...Realised }))
    .meta({ description: "The last whole days, newest first." }),
  weeks: z
    .array(z.strictObject({ from: z.iso.date(), to: z.iso.date(), ...Realised }))
    .meta({ description: "The same by seven days, newest first." }),
  thresholds: z
    .array(
      z.strictObject({
        version: z.int(),
        at: AnsweredTime,
        threshold: Threshold.nullable(),
        reason: z.string(),
        set_by: z.string().nullable().meta({ description: "Id of the key that set it; null for the budget." }),
      }),
    )
    .meta({ description: "The thresholds that held, newest first." }),
});

const getRoute = defineRoute({
  method: "get",
  path: "/v1/alert-budget",
  operationId: "getAlertBudget",
  summary: "What the alert budget is, what came of it, and the threshold it makes",
  description:
    "The budget is set at `POST /v1/detection-settings`; its threshold is found anew after every day, in UTC.",
  access: "analyst",
  status: 200,
  output: BudgetAnswer,
  problems: GUARDED,
});

export function budgetOperations({ db, nowMs }: { db: Db; nowMs(): number }): Operation[] {
  return [
    operation(getRoute, async () => {
      const [set, versions, whole] = await Promise.all([
        findSettings(db),
        listSettings(db, { limit: THRESHOLDS_TOLD, below: null }),
        wholeDays(db, nowMs()),
      ]);
      const target = set?.settings.alert_budget ?? null;
      const kind = target === null ? "per_day" : kindOf(target);
      const dates = whole.slice(-4 * WEEK);
      const [{ state }, counted] = await Promise.all([readBudget(db, kind), scoresOf(db, dates)]);
      const days = budgetDays(kind, dates, counted).toReversed();
      return {
        target,
        ...(set?.effective ?? DEPLOYED),
        basis: target === null ? null : (budgetThreshold(target, state)?.basis ?? null),
        correction: target === null ? null : state.correction,
        days_known: state.days.length,
        days: days.map((day) => ({ date: day.date, ...realised([day], target) })),
        weeks: weeksOf(days).map((week) => ({
          from: week.at(-1)?.date ?? "",
          to: week[0]?.date ?? "",
          ...realised(week, target),
        })),
        thresholds: versions.map(({ version, at, effective, keyId }) => ({
          version,
          at: at.toISOString(),
          ...effective,
          set_by: keyId,
        })),
      };
    }),
  ];
}

async function scoresOf(db: Db, dates: readonly string[]) {
  const [first, last] = [dates[0], dates.at(-1)];
  return first === undefined || last === undefined ? [] : readScoreDays(db, first, last);
}

/** Only whole ones. */
function weeksOf(days: readonly BudgetDay[]): BudgetDay[][] {
  return Array.from({ length: Math.floor(days.length / WEEK) }, (_, week) =>
    days.slice(WEEK * week, WEEK * (week + 1)),
  );
}

function realised(days: readonly BudgetDay[], target: AlertBudget | null) {
  const events = days.reduce((sum, day) => sum + day.events, 0);
  const alerts = days.reduce((sum, day) => sum + day.alerts, 0);
  const wished = target === null ? null : "share" in target ? target.share * events : target.per_day * days.length;
  return { events, alerts, wished, ratio: wished === null || wished === 0 ? null : alerts / wished };
}
