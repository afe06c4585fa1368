import {
  budgetStep,
  budgetThreshold,
  withDays,
  type Basis,
  type BudgetDay,
  type BudgetState,
} from "../../shared/alert-budget.ts";
import type { AlertBudget } from "../../shared/detection-settings.ts";
import type { ConfigServices } from "../detection/copies.ts";
import { setEffectiveThreshold } from "../detection/set-effective-threshold.ts";
import { findSettings, listSettings, type SettingsVersion } from "../detection/settings.ts";
import { readScoreDays, wholeDays } from "../days/read-days.ts";
import { budgetDays } from "./budget-days.ts";
import { readBudget, writeBudget } from "./state.ts";
import { kindOf, wishOn, type BudgetKind } from "./wish.ts";

/** Versions looked at for what was wished on the days to take in: the threshold of a budget is one a day. */
const VERSIONS = 100;
/** Thresholds nearer than this are one. */
const CHANGE_LEAST = 1e-4;

interface Kept {
  /** Days taken in. */
  days: number;
  /** The threshold that was set; null where it is what it was. */
  threshold: number | null;
}

/**
 * Takes every whole day into what the alert budgets know, once, and sets the threshold that comes of it where an operator wishes one. A
 * day whose wish changed, or that had none, counts for what was scored and says nothing of how well a wish was met.
 *
 * @throws what the database throws; the next run goes on from there
 */
export async function keepBudget(services: ConfigServices): Promise<Kept> {
  const { db, nowMs } = services;
  const whole = await wholeDays(db, nowMs());
  const versions = await listSettings(db, { limit: VERSIONS, below: null });
  let days = 0;
  for (const kind of ["share", "per_day"] as const) days += await takeIn(services, kind, whole, versions);
  return { days, threshold: await setThreshold(services) };
}

/** @returns how many days were taken in */
async function takeIn(
  { db }: ConfigServices,
  kind: BudgetKind,
  whole: readonly string[],
  versions: readonly SettingsVersion[],
): Promise<number> {
  const kept = await readBudget(db, kind);
  const fresh = whole.filter((date) => kept.state.last === null || date > kept.state.last);
  const [first, last] = [fresh[0], fresh.at(-1)];
  if (first === undefined || last === undefined) return 0;
  const counted = await readScoreDays(db, first, last);
  const state = budgetDays(kind, fresh, counted).reduce((before, day) => {
    const wish = wishOn(versions, day.date);
    return wish !== null && kindOf(wish) === kind ? budgetStep(before, wish, day) : withDay(before, day);
  }, kept.state);
  return (await writeBudget(db, kind, { ...kept, state })) ? fresh.length : 0;
}

function withDay(state: BudgetState, { date, events, scores }: BudgetDay): BudgetState {
  return events === 0 ? { ...state, last: date } : withDays(state, [...state.days, { date, events, scores }]);
}

async function setThreshold(services: ConfigServices): Promise<number | null> {
  const set = await findSettings(services.db);
  const budget = set?.settings.alert_budget ?? null;
  if (set === null || budget === null) return null;
  const { state } = await readBudget(services.db, kindOf(budget));
  const found = budgetThreshold(budget, state);
  if (found === null || Math.abs(found.threshold - (set.effective.threshold ?? 0)) < CHANGE_LEAST) return null;
  const reason = wordsOf(budget, state, found.basis);
  const isSet = await setEffectiveThreshold({ threshold: found.threshold, reason, budget }, services);
  return isSet ? found.threshold : null;
}

const BASIS_WORDS: Record<Basis, string> = {
  promise: "as scores promise, of which too few were seen",
  counted: "as counted",
  extrapolated: "extrapolated from the strangest scores",
  floor: "the least there is, beneath which nothing is rare",
  ceiling: "the most there is",
};

function wordsOf(budget: AlertBudget, { days }: BudgetState, basis: Basis): string {
  const wish =
    "share" in budget ? `for a share of ${budget.share} of payment attempts` : `for ${budget.per_day} alerts a day`;
  return `${wish}: ${BASIS_WORDS[basis]}, ${days.length === 1 ? "on 1 day" : `on ${days.length} days`}`;
}
