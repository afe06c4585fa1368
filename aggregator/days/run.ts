import { keepBudget } from "../budget/keep-budget.ts";
import type { ConfigServices } from "../detection/copies.ts";
import { checkDrift, type DriftServices } from "../drift/check.ts";
import { countFeatures } from "./count-features.ts";
import { countScores } from "./count-scores.ts";

/**
 * What each day comes to: its scores and features are counted, and by these the alert budget is kept and drift looked for. The work of
 * the minute cron, of which most runs find nothing to do; what one leaves the next takes up.
 *
 * @throws what the first part that fails throws, with what came before it done
 */
export async function closeDays(services: ConfigServices & DriftServices) {
  const hours = await countScores(services);
  const budget = await keepBudget(services);
  const features = await countFeatures(services);
  // A day is checked once: not before all there is of it is counted.
  const checked = features.isMore ? 0 : await checkDrift(services);
  return { hours, budget, features: features.days, checked };
}
