import { RunOver, runTraining } from "./run-training.ts";
import type { LearnServices, Stored } from "./services.ts";

/** What a Workflow is made with. */
export interface TrainingParams {
  run_id: string;
}

/**
 * Of one step: tried again after half a minute, one, two, four and eight. The longest takes seconds; what hangs is given up after ten
 * minutes. With all its tries a step is over in an hour and a quarter.
 */
const STEP = {
  retries: { limit: 5, delay: "30 seconds", backoff: "exponential" },
  timeout: "10 minutes",
} as const;

/** The part of a Workflow's step that is used here. */
interface DurableStep {
  do(name: string, config: typeof STEP, work: () => Promise<Stored>): Promise<Stored>;
}

/** A training run as a Workflow, which keeps what each step came to and goes on after a crash where it was. */
export function trainDurably(
  services: LearnServices,
  { run_id: runId }: TrainingParams,
  step: DurableStep,
): Promise<void> {
  return runTraining(services, runId, async <T extends Stored>(name: string, work: () => Promise<T>) => {
    const kept = await step.do(name, STEP, () => work().catch(giveUpWhenOver));
    return kept as T; // what `work` answered, now or before a crash: both are JSON
  });
}

/** What Workflows do not try again, which they tell by the name. */
class GivenUp extends Error {
  override name = "NonRetryableError";
}

function giveUpWhenOver(error: unknown): never {
  throw error instanceof RunOver ? new GivenUp(error.message) : error;
}

/** Has a Workflow do a run's work; again changes nothing. @throws what the platform throws when it cannot be reached */
export async function startWorkflow(
  workflow: Pick<Workflow<TrainingParams>, "create" | "get">,
  runId: string,
): Promise<void> {
  try {
    await workflow.create({ id: runId, params: { run_id: runId } });
  } catch (cause) {
    // It refuses an id that it knows, and to give one that it does not.
    const isKnown = await workflow.get(runId).then(
      () => true,
      () => false,
    );
    if (!isKnown) throw cause;
  }
}

/**
 * Has a Workflow do a run's work from the beginning, which does nothing twice: what it worked on is gone, or it stands still. Workflows go
 * on by themselves after a crash of the platform's; the runtime on one machine does not when it was stopped.
 *
 * @throws what the platform throws when it cannot be reached or knows of no such run
 */
export async function restartWorkflow(workflow: Pick<Workflow<TrainingParams>, "get">, runId: string): Promise<void> {
  const instance = await workflow.get(runId);
  await instance.restart();
}
