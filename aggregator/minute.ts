import { describe } from "../shared/serve.ts";
import { forgetCounted } from "./accounts/count-once.ts";
import { deliverDue } from "./alert/deliver.ts";
import { raiseDue } from "./alert/rules/raise-anomalies.ts";
import { closeDays } from "./days/run.ts";
import { copyChangedConfig } from "./detection/copies.ts";
import { drainSpool } from "./drain.ts";
import { followScores } from "./drift/stream.ts";
import { copyChanged } from "./keys/copies.ts";
import { placeClaims } from "./labels/claims.ts";
import { fitProbability } from "./labels/fraud-probability.ts";
import { sendLabels } from "./labels/send.ts";
import { keepTraining, startDriftRun } from "./learn/start.ts";
import { ensureBaseline } from "./models/baseline.ts";
import { countEarlierEvents } from "./store/earlier-events.ts";
import { watchMetrics } from "./watch/watch.ts";

type MinuteServices = Parameters<typeof drainSpool>[0] &
  Parameters<typeof raiseDue>[0] &
  Parameters<typeof copyChanged>[0] &
  Parameters<typeof sendLabels>[0] &
  Parameters<typeof ensureBaseline>[0] &
  Parameters<typeof keepTraining>[0];

/**
 * All that is looked after every minute. The jobs run beside each other, each within bounds of its own and none for another's failure:
 * what one leaves undone, the next minute finds.
 *
 * @returns what came of each, for the log; `{ cause }` of one that failed
 */
export async function everyMinute(services: MinuteServices): Promise<Record<string, unknown>> {
  const drained = drainSpool(services);
  const placed = placeClaims(services);
  const jobs = {
    spool: drained,
    // What was set aside may be anomalous, and what shops claim are labels.
    raised: drained.then(() => raiseDue(services)),
    claims: placed,
    labels: Promise.allSettled([placed]).then(() => sendLabels(services)),
    delivered: deliverDue(services),
    keys: copyChanged(services),
    config: copyChangedConfig(services),
    forgotten: forgetCounted(services.db),
    earlier: countEarlierEvents(services),
    watched: watchMetrics(services),
    baseline: ensureBaseline(services),
    training: keepTraining(services),
    days: closeDays({ ...services, startDriftRun: (date) => startDriftRun(services, date) }),
    scores: followScores(services),
    probability: fitProbability(services),
  };
  const outcomes = await Promise.allSettled(Object.values(jobs));
  return Object.fromEntries(
    Object.keys(jobs).map((name, index) => {
      const outcome = outcomes[index];
      return [name, outcome?.status === "rejected" ? { cause: describe(outcome.reason) } : outcome?.value];
    }),
  );
}
