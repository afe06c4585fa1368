import { histogramOf, mergeHistograms, type BudgetDay } from "../../shared/alert-budget.ts";
import type { ScoreDay } from "../days/read-days.ts";
import type { BudgetKind } from "./wish.ts";

/**
 * Days as a budget sees them. A share is one of payment attempts that are not known to be fraud, by whose scores it has its threshold; a
 * number a day is one of all alerts, whatever the event.
 *
 * @param dates all to give, those without any event included
 */
export function budgetDays(kind: BudgetKind, dates: readonly string[], counted: readonly ScoreDay[]): BudgetDay[] {
  return dates.map((date) => {
    const own = counted.filter((day) => day.date === date && (kind === "per_day" || (day.payments && !day.fraud)));
    const total = (of: "events" | "alerts") => own.reduce((sum, day) => sum + day[of], 0);
    const scores = own.length === 0 ? histogramOf([]) : mergeHistograms(own.map((day) => day.scores));
    return { date, events: total("events"), alerts: total("alerts"), scores };
  });
}
