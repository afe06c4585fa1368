import { useState } from "react";
import { Link } from "wouter";
import type { Answer } from "../../../api/client.ts";
import { usePolling } from "../../../api/live.tsx";
import { useChange, useGet } from "../../../api/queries.ts";
import { Button, LinkButton } from "../../../parts/button.tsx";
import { Copyable } from "../../../parts/copy.tsx";
import { Ago, Fact, Facts, Time } from "../../../parts/figures.tsx";
import { Panel } from "../../../parts/panel.tsx";
import { Loaded, SkeletonLines } from "../../../parts/states.tsx";
import { Table } from "../../../parts/table.tsx";
import { toast } from "../../../parts/toast.tsx";
import { bytesWords, codeWords, NOTHING, numberWords } from "../../../parts/words.ts";
import { CalibrationPanel } from "../calibration-panel.tsx";
import { KINDS, ModelBadge, ReleaseBadge } from "../model.tsx";
import { ModelsFrame } from "../models-frame.tsx";
import { PromoteDialog, ShadowDialog } from "./put-to-work.tsx";
import "./versions.css";

export type WholeModel = Answer<"get", "/v1/models/{version}">;

/** One model: its card, what it was part of, and putting it to work. */
export function VersionPage({ version }: { version: string }) {
  const everyMs = usePolling();
  const model = useGet("/v1/models/{version}", { params: { version } }, { everyMs });
  return (
    <ModelsFrame
      tab="Versions"
      words={<code>{version}</code>}
      actions={
        <LinkButton icon="left" href="/models/versions">
          All versions
        </LinkButton>
      }
    >
      <Loaded of={model} skeleton={<SkeletonLines lines={16} />}>
        {(data) => <VersionBody model={data} />}
      </Loaded>
    </ModelsFrame>
  );
}

function VersionBody({ model }: { model: WholeModel }) {
  const { card, calibrations, releases } = model;
  return (
    <div className="version">
      <Panel title={model.version} note={<ModelBadge status={model.status} />}>
        <VersionActions model={model} />
        <VersionFacts model={model} />
      </Panel>
      <Panel title="What it is not good for">
        <p className="version-limits">{card.limits}</p>
      </Panel>
      <Panel title="Calibrations" note="fitted on it" flush>
        <Table
          caption="Calibrations fitted on it, newest first"
          rows={calibrations}
          keyOf={({ version }) => version}
          empty={<p className="soft panel-body">None: it cannot be promoted before one is fitted on it.</p>}
          columns={[
            { head: "Version", cell: ({ version }) => <code>{version}</code> },
            { head: "With", from: "tablet", cell: ({ client_model }) => client_model ?? NOTHING },
            { head: "Events", align: "end", cell: ({ rows }) => numberWords(rows) },
            { head: "Made", align: "end", cell: ({ created_at }) => <Ago at={created_at} /> },
          ]}
        />
      </Panel>
      <Panel title="Releases" note="that it was part of" flush>
        <Table
          caption="Releases that it was part of, newest first"
          rows={releases}
          keyOf={({ id }) => id}
          empty={<p className="soft panel-body">None: it never decided.</p>}
          columns={[
            { head: "Number", cell: ({ number }) => number },
            { head: "How", cell: ({ kind }) => <ReleaseBadge kind={kind} /> },
            { head: "Since", align: "end", cell: ({ at }) => <Time at={at} /> },
          ]}
        />
      </Panel>
      {calibrations[0] === undefined ? null : (
        <div className="version-wide">
          <CalibrationPanel version={calibrations[0].version} />
        </div>
      )}
      <Panel title="Measured" note="as on its card" className="version-wide">
        {Object.keys(card.metrics).length === 0 ? <p className="soft">Nothing was measured of it.</p> : null}
        <dl className="version-metrics">
          {Object.entries(card.metrics)
            .toSorted(([a], [b]) => a.localeCompare(b))
            .map(([name, value]) => (
              <div key={name} className="fact">
                <dt>{codeWords(name)}</dt>
                <dd className="number">{numberWords(value)}</dd>
              </div>
            ))}
        </dl>
      </Panel>
      <Panel title="Features" note={`${card.features.length}, set ${card.feature_set}`} className="version-wide">
        <ul className="version-features">
          {card.features.map((name) => (
            <li key={name}>
              <Link href={`/models/drift?feature=${name}`}>
                <code>{name}</code>
              </Link>
            </li>
          ))}
        </ul>
      </Panel>
    </div>
  );
}

function VersionFacts({ model }: { model: WholeModel }) {
  const { card, kind, created_at, run_id, sha256, bytes } = model;
  const { trained_on: trained, parameters, lineage: { parent } = { parent: null } } = card;
  return (
    <Facts>
      <Fact name="Kind">
        {KINDS[kind].name}, {KINDS[kind].words}
      </Fact>
      <Fact name="Trained on">
        {numberWords(trained.rows)} events: {trained.source}
      </Fact>
      <Fact name="Window">
        <Time at={trained.from} form="day" /> – <Time at={trained.to} form="day" />
      </Fact>
      {"labels" in trained ? (
        <Fact name="Labels">
          {numberWords(trained.labels.fraud)} fraud, {numberWords(trained.labels.legitimate)} legitimate,{" "}
          {numberWords(trained.labels.unlabelled)} without
        </Fact>
      ) : null}
      <Fact name="Seed">
        <code>{trained.seed}</code>
      </Fact>
      <Fact name="Parameters">
        {Object.entries(parameters)
          .map(([name, value]) => `${codeWords(name).toLowerCase()} ${numberWords(value)}`)
          .join(", ")}
      </Fact>
      <Fact name="Lineage">
        {run_id === null ? (
          "came with the deployment"
        ) : (
          <>
            <Link href={`/models/training/${run_id}`}>the training run</Link>
            {parent === null ? "" : `, after ${parent}`}
          </>
        )}
      </Fact>
      <Fact name="Made">
        <Time at={created_at} />
      </Fact>
      <Fact name="File">
        {bytesWords(bytes)}, SHA-256 <Copyable text={sha256} label="Copy the hash" />
      </Fact>
    </Facts>
  );
}

function VersionActions({ model }: { model: WholeModel }) {
  const { version, status, shadow } = model;
  const [asked, ask] = useState<"promote" | "shadow" | null>(null);
  const stop = useChange("delete", "/v1/models/{version}/shadow", ["/v1/models"]);
  const noCalibration = model.calibrations.length === 0 ? "No calibration is fitted on it." : undefined;
  const decides = status === "active" ? "It decides already." : undefined;
  return (
    <div className="row row-wrap version-do">
      <Button
        look="primary"
        icon="up"
        needs="operator"
        disabledBecause={decides ?? noCalibration}
        onClick={() => ask("promote")}
      >
        Promote …
      </Button>
      {shadow === null ? (
        <Button needs="operator" disabledBecause={decides ?? noCalibration} onClick={() => ask("shadow")}>
          Let it score in shadow …
        </Button>
      ) : (
        <Button
          needs="operator"
          busy={stop.isPending}
          onClick={() =>
            stop.mutate(
              { params: { version } },
              {
                onSuccess: () => toast("It scores beside no more."),
                onError: (error) => toast(`It still scores beside: ${error.message}`, { tone: "bad" }),
              },
            )
          }
        >
          End the shadow
        </Button>
      )}
      {asked === "promote" ? <PromoteDialog model={model} onClose={() => ask(null)} /> : null}
      {asked === "shadow" ? <ShadowDialog model={model} onClose={() => ask(null)} /> : null}
    </div>
  );
}
