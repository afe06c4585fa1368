import { useGet } from "../../../api/queries.ts";
import { LinkButton } from "../../../parts/button.tsx";
import { Copyable } from "../../../parts/copy.tsx";
import { Ago, Fact, Facts, Time } from "../../../parts/figures.tsx";
import { Panel } from "../../../parts/panel.tsx";
import { Loaded, SkeletonLines } from "../../../parts/states.tsx";
import { numberWords } from "../../../parts/words.ts";
import { ModelLink } from "../model.tsx";
import { ModelsFrame } from "../models-frame.tsx";
import { tookWords } from "./run-list.tsx";
import { FINDINGS, isUnderWay, RunBadge, runWords, triggerWords, type WholeRun } from "./run.tsx";
import { RunSteps } from "./run-steps.tsx";
import { RunComparison } from "./run-comparison.tsx";
import { useState } from "react";
import "./training.css";

const UNDER_WAY_MS = 3_000;

/** One training run: how far it is, and what it came to. */
export function RunPage({ id }: { id: string }) {
  const [isOver, setOver] = useState(false);
  const run = useGet("/v1/training-runs/{id}", { params: { id } }, { everyMs: isOver ? undefined : UNDER_WAY_MS });
  if (run.data !== undefined && isOver === isUnderWay(run.data)) setOver(!isUnderWay(run.data));
  return (
    <ModelsFrame
      tab="Training"
      words={run.data === undefined ? " " : triggerWords(run.data)}
      actions={
        <LinkButton icon="left" href="/models/training">
          All runs
        </LinkButton>
      }
    >
      <Loaded of={run} skeleton={<SkeletonLines lines={14} />}>
        {(data) => <RunBody run={data} />}
      </Loaded>
    </ModelsFrame>
  );
}

function RunBody({ run }: { run: WholeRun }) {
  const { findings, figures, error } = run;
  return (
    <div className="run">
      <Panel title="Outcome" note={<RunBadge run={run} />}>
        <p className="run-words" role="status">
          {runWords(run)}
          {error === null ? "" : ` ${error}`}
        </p>
        {findings.length === 0 ? null : (
          <section>
            <h3>{run.dry_run ? "It would be kept out" : "It is kept out"}, most decisive first</h3>
            <ol className="run-findings">
              {findings.map(({ code, detail }) => (
                <li key={code}>
                  <b>{FINDINGS[code]}</b>
                  <p className="soft">{detail}</p>
                </li>
              ))}
            </ol>
          </section>
        )}
        <RunFacts run={run} />
      </Panel>
      <Panel title="Steps">
        <RunSteps run={run} />
      </Panel>
      {figures.comparison === undefined ? null : (
        <RunComparison comparison={figures.comparison} changes={figures.changes} isDryRun={run.dry_run} />
      )}
    </div>
  );
}

function RunFacts({ run }: { run: WholeRun }) {
  const { window, training, calibrated_on: calibrated } = run.figures;
  return (
    <Facts>
      <Fact name="Begun">
        <Time at={run.created_at} /> (<Ago at={run.created_at} />) by <code>{run.by}</code>
      </Fact>
      {run.finished_at === null ? null : <Fact name="Took">{tookWords(run)}</Fact>}
      {run.reason === null ? null : <Fact name="Why">{run.reason}</Fact>}
      {window === undefined ? null : (
        <>
          <Fact name="Learned from">
            <Time at={window.from} form="day" /> – <Time at={window.to} form="day" />: {numberWords(window.payments)}{" "}
            payments, {numberWords(window.others)} other events, {numberWords(window.labelled)} with a verdict
          </Fact>
          <Fact name="Champion">
            <ModelLink version={window.champion} />, threshold {numberWords(window.threshold)}
          </Fact>
        </>
      )}
      {training === undefined ? null : (
        <Fact name="Trained on">
          {numberWords(training.trained_on)} payments; left out {numberWords(training.left_out_confirmed)} confirmed and{" "}
          {numberWords(training.left_out_suspect)} suspect
          {training.client === null
            ? "; too few verdicts for a client model"
            : `; client model from ${numberWords(training.client.fraud)} fraud and ${numberWords(training.client.legitimate)} legitimate`}
        </Fact>
      )}
      {calibrated === undefined ? null : (
        <Fact name="Calibrated on">
          {numberWords(calibrated.payments)} payments and {numberWords(calibrated.others)} others of{" "}
          {numberWords(calibrated.days)} days
        </Fact>
      )}
      {run.candidate === null ? null : (
        <Fact name="Made">
          <ModelLink version={run.candidate.model} />
          {run.candidate.client_model === null ? null : (
            <>
              {" "}
              with <ModelLink version={run.candidate.client_model} />
            </>
          )}
          , calibration <code>{run.candidate.calibration}</code>
        </Fact>
      )}
      <Fact name="Id">
        <Copyable text={run.id} label="Copy the run’s id" />
      </Fact>
    </Facts>
  );
}
