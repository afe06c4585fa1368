import { useState } from "react";
import { Link } from "wouter";
import { usePolling } from "../../../api/live.tsx";
import { useGet } from "../../../api/queries.ts";
import { Button, LinkButton } from "../../../parts/button.tsx";
import { Ago, Fact, Facts, Time } from "../../../parts/figures.tsx";
import { Panel } from "../../../parts/panel.tsx";
import { Empty, Loaded, SkeletonLines } from "../../../parts/states.tsx";
import { CalibrationPanel } from "../calibration-panel.tsx";
import { LevelBadge, LEVELS } from "../drift/level.tsx";
import { ClientLink, ModelLink, ReleaseBadge, type Release } from "../model.tsx";
import { ModelsFrame } from "../models-frame.tsx";
import { RollbackDialog } from "../releases/rollback-dialog.tsx";
import { RunBadge } from "../training/run.tsx";
import "./now.css";

/** What scores at this moment, and whether there is reason to look closer. */
export function NowPart() {
  const everyMs = usePolling();
  const releases = useGet("/v1/releases", { query: { limit: 2 } }, { everyMs });
  const current = releases.data?.data[0];
  return (
    <ModelsFrame
      tab="Now"
      words="A release is what scores: a model, perhaps a client model, and the calibration fitted on both."
    >
      <div className="models-now">
        <Panel
          title="What scores now"
          note={current === undefined ? undefined : <ReleaseBadge kind={current.kind} />}
          className="models-release"
        >
          <Loaded of={releases} skeleton={<SkeletonLines lines={7} height={32} />}>
            {() => (current === undefined ? <NoRelease /> : <ReleaseFacts release={current} />)}
          </Loaded>
        </Panel>
        <div className="models-side">
          <ShadowPanel />
          <DriftPanel />
          <LastRunPanel />
        </div>
        <div className="models-curve">
          {current === undefined ? null : <CalibrationPanel version={current.calibration} />}
        </div>
      </div>
    </ModelsFrame>
  );
}

function NoRelease() {
  return (
    <Empty icon="models" title="Nothing was released yet">
      <p>The model that comes with the deployment scores; it shows here with the next minute.</p>
    </Empty>
  );
}

function ReleaseFacts({ release }: { release: Release }) {
  const [isAsked, setAsked] = useState(false);
  const { number, model, client_model, calibration, at, by, reason, previous } = release;
  return (
    <>
      <Facts>
        <Fact name="Model">
          <ModelLink version={model} />
        </Fact>
        <Fact name="Client model">
          <ClientLink version={client_model} />
        </Fact>
        <Fact name="Calibration">
          <code>{calibration}</code>
        </Fact>
        <Fact name="Since">
          <Time at={at} /> (<Ago at={at} />)
        </Fact>
        <Fact name="Release">
          number {number} by <code>{by}</code>
        </Fact>
        <Fact name="Why">{reason}</Fact>
      </Facts>
      <div className="row row-wrap models-do">
        <Button
          icon="undo"
          needs="operator"
          disabledBecause={previous === null ? "There is no release before it." : undefined}
          onClick={() => setAsked(true)}
        >
          Roll back …
        </Button>
        <LinkButton look="quiet" href="/models/versions?status=candidate">
          Candidates
        </LinkButton>
      </div>
      <RollbackDialog open={isAsked} onClose={() => setAsked(false)} current={release} />
    </>
  );
}

function ShadowPanel() {
  const shadows = useGet("/v1/models", { query: { status: "shadow", limit: 2 } });
  return (
    <Panel title="In shadow">
      <Loaded of={shadows} skeleton={<SkeletonLines lines={1} height={48} />}>
        {({ data }) =>
          data[0] === undefined ? (
            <p className="soft models-note">
              Nothing scores beside. <Link href="/models/versions?status=candidate">A candidate</Link> can, without
              deciding anything.
            </p>
          ) : (
            <p className="models-note">
              <ModelLink version={data[0].version} /> scores every event beside and decides nothing.
            </p>
          )
        }
      </Loaded>
    </Panel>
  );
}

function DriftPanel() {
  const drift = useGet("/v1/drift", { query: { window: "1d" } });
  return (
    <Panel
      title="Drift"
      actions={
        <LinkButton small look="quiet" href="/models/drift">
          Look
        </LinkButton>
      }
    >
      <Loaded of={drift} skeleton={<SkeletonLines lines={1} height={48} />}>
        {({ level }) => (
          <p className="row row-wrap models-note">
            <LevelBadge level={level} />
            <span className="soft">{LEVELS[level ?? "unknown"].words}</span>
          </p>
        )}
      </Loaded>
    </Panel>
  );
}

function LastRunPanel() {
  const everyMs = usePolling();
  const runs = useGet("/v1/training-runs", { query: { limit: 1 } }, { everyMs });
  return (
    <Panel
      title="Last training"
      actions={
        <LinkButton small look="quiet" href="/models/training">
          All runs
        </LinkButton>
      }
    >
      <Loaded of={runs} skeleton={<SkeletonLines lines={1} height={48} />}>
        {({ data: [run] }) =>
          run === undefined ? (
            <p className="soft models-note">None so far. One begins each week by itself.</p>
          ) : (
            <p className="row row-wrap models-note">
              <RunBadge run={run} />
              <Link href={`/models/training/${run.id}`}>
                <Ago at={run.created_at} />
              </Link>
            </p>
          )
        }
      </Loaded>
    </Panel>
  );
}
