import { describe } from "../../shared/serve.ts";
import { changed } from "../live/tell.ts";
import { findReleaseOfRun } from "../models/release-rows.ts";
import { namesOf } from "../models/release.ts";
import { releaseCandidate } from "../models/release-candidate.ts";
import { saveCandidate } from "../models/save-candidate.ts";
import { decide } from "./decide.ts";
import { evaluate } from "./evaluate.ts";
import { dateOf, extractWeek } from "./extract.ts";
import type { Finding } from "./figures.ts";
import { tooFewRows } from "./guard.ts";
import { beginStep, endRun, endStep, findRun, noteFigures, type Outcome } from "./run-rows.ts";
import { readCandidate, seal } from "./seal.ts";
import type { LearnServices, StepRunner } from "./services.ts";
import { takeSnapshot } from "./snapshot.ts";
import { train } from "./train.ts";
import { CALIBRATION_DAYS, JUDGED_DAYS } from "./training-set.ts";
import { weeksOf, windowBefore } from "./window.ts";
import { clearRun } from "./work-files.ts";

/** A run that was ended while it was under way, as it took too long: it may do nothing any more. */
export class RunOver extends Error {
  override name = "RunOver";
}

const WEEK_DAYS = 7;

/**
 * A training run from its beginning to its end. Each step can be done again without doing anything twice, and takes keys of files and not
 * their rows.
 *
 * @throws what the step that failed for good threw; the run then says which it was
 */
export async function runTraining(services: LearnServices, runId: string, runStep: StepRunner): Promise<void> {
  let name = "";
  const step: StepRunner = (next, work) => {
    name = next;
    return runStep(next, () => noted(services, runId, next, work));
  };
  try {
    const outcome = await runSteps(services, runId, step);
    await runStep("notify", () => conclude(services, runId, outcome));
  } catch (error) {
    services.log({ task: "training", runId, step: name, cause: describe(error) });
    const failed: Outcome = { status: "failed", error: `The step "${name}" failed.` };
    await runStep("note the failure", () => conclude(services, runId, failed));
    throw error;
  }
}

async function runSteps(services: LearnServices, runId: string, step: StepRunner): Promise<Outcome> {
  const { db } = services;
  const { released, snapshotKey, weeks, isDryRun } = await step("snapshot", async () => {
    const [run, release] = await Promise.all([findRun(db, runId), findReleaseOfRun(db, runId)]);
    if (run === null) throw new RunOver(`there is no run ${runId}`);
    const window = windowBefore(run.createdAt.getTime(), run.windowDays);
    return {
      released: release && { ...namesOf(release) },
      snapshotKey: await takeSnapshot(services, runId),
      weeks: weeksOf(window).map((week) => ({ ...week })),
      isDryRun: run.dryRun,
    };
  });
  // Begun anew after it had released: that is not to be held against itself.
  if (released !== null) return { status: "released", candidate: released };
  await step("drift", async () => {
    const { level } = await services.checkDrift();
    await noteFigures(db, runId, { drift: { level } });
    return level;
  });
  const pageKeys: string[] = [];
  for (const week of weeks) {
    const key = await step(`extract the week of ${dateOf(week)}`, () =>
      extractWeek(services, runId, snapshotKey, week),
    );
    pageKeys.push(key);
  }
  // The judged days and those calibrated on are whole weeks, counted back from the end as these are.
  const judgedKeys = pageKeys.slice(-JUDGED_DAYS / WEEK_DAYS);
  const calibrationKeys = pageKeys.slice(-CALIBRATION_DAYS / WEEK_DAYS);

  const { key: challengerKey, trainedOn } = await step("train", () =>
    train(services, runId, { snapshotKey, pageKeys }),
  );
  if (challengerKey === null) {
    const findings = [tooFewRows(trainedOn, null)].flatMap((finding) => finding ?? []);
    return { status: isDryRun ? "dry_run_done" : "kept", findings };
  }
  const comparisonKey = await step("evaluate", () =>
    evaluate(services, runId, { snapshotKey, pageKeys: judgedKeys, challengerKey }),
  );
  const { key: candidateKey, fault } = await step("calibrate", () =>
    seal(services, runId, { snapshotKey, pageKeys: calibrationKeys, challengerKey, comparisonKey }),
  );
  const findings = await step("decide", () => decide(services, runId, { snapshotKey, comparisonKey, fault }));
  if (isDryRun) return { status: "dry_run_done", findings };
  return keepOrRelease(services, runId, step, { candidateKey, fault, findings });
}

interface Decided {
  candidateKey: string;
  fault: string | null;
  findings: Finding[];
}

/** What cannot be released is not kept either. */
async function keepOrRelease(
  services: LearnServices,
  runId: string,
  step: StepRunner,
  { candidateKey, fault, findings }: Decided,
): Promise<Outcome> {
  if (fault !== null) return { status: "kept", findings };
  const candidate = await step("keep the candidate", async () => {
    const { model, client, calibration } = await saveCandidate(
      services,
      await readCandidate(services.models, runId, candidateKey),
    );
    return { model, client, calibration };
  });
  if (findings.length > 0) return { status: "kept", findings, candidate };
  await step("release", async () => {
    await releaseCandidate(services, candidate, { by: "training", reason: `training run ${runId}`, runId });
    return null;
  });
  return { status: "released", candidate };
}

/** Ends a run that has not ended: who watches is told, and what it worked on is cleared away. */
async function conclude(services: LearnServices, runId: string, outcome: Outcome): Promise<null> {
  const { db, models, nowMs, log } = services;
  await endRun(db, runId, outcome, nowMs());
  changed(services, "training_run", runId);
  const { status, findings = [] } = outcome;
  log({ task: "training", runId, status, findings: findings.map(({ code }) => code) });
  // What stays is cleared by the next run.
  await clearRun(models, runId).catch((error: unknown) => log({ task: "training", runId, cause: describe(error) }));
  return null;
}

/** A step with its beginning and end on the run. */
async function noted<T>(services: LearnServices, runId: string, name: string, work: () => Promise<T>): Promise<T> {
  const { db, nowMs } = services;
  if (!(await beginStep(db, runId, name, nowMs()))) throw new RunOver(`the run ${runId} is over`);
  changed(services, "training_run", runId);
  const answer = await work();
  await endStep(db, runId, name, nowMs());
  return answer;
}
