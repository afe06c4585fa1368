import { useState } from "react";
import { Link } from "wouter";
import { useGet } from "../../api/queries.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Copyable } from "../../parts/copy.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Ago, Fact, Facts, Time } from "../../parts/figures.tsx";
import { Loaded, SkeletonLines } from "../../parts/states.tsx";
import { isInForce, KeyBadge, nameOf, ROLES, type ApiKey } from "./key.tsx";
import { RevokeKey } from "./revoke-key.tsx";
import { RotateKey } from "./rotate-key.tsx";

interface KeyDetailProps {
  id: string | undefined;
  /** Of the key that is signed in with. */
  ownId: string | undefined;
  onClose(): void;
  onMade(secret: string): void;
}

/** One key beside the list. */
export function KeyDetail({ id, ownId, onClose, onMade }: KeyDetailProps) {
  const key = useGet("/v1/api-keys/{id}", { params: { id: id ?? "" } }, { enabled: id !== undefined });
  const [asked, ask] = useState<"rotate" | "revoke" | null>(null);
  const isOwn = id === ownId;
  return (
    <Dialog
      kind="side"
      open={id !== undefined}
      onClose={onClose}
      title={key.data === undefined ? "Key" : nameOf(key.data)}
      actions={key.data === undefined ? undefined : <KeyActions apiKey={key.data} ask={ask} />}
    >
      <Loaded of={key} skeleton={<SkeletonLines lines={10} />}>
        {(data) => (
          <>
            <KeyFacts apiKey={data} isOwn={isOwn} />
            {asked === "rotate" ? (
              <RotateKey
                apiKey={data}
                isOwn={isOwn}
                onClose={() => ask(null)}
                onMade={(secret) => {
                  ask(null);
                  onClose();
                  onMade(secret);
                }}
              />
            ) : null}
            {asked === "revoke" ? <RevokeKey apiKey={data} isOwn={isOwn} onClose={() => ask(null)} /> : null}
          </>
        )}
      </Loaded>
    </Dialog>
  );
}

interface KeyActionsProps {
  apiKey: ApiKey;
  ask(what: "rotate" | "revoke"): void;
}

function KeyActions({ apiKey, ask }: KeyActionsProps) {
  const ended = isInForce(apiKey) ? undefined : "It has ended.";
  const replaced = apiKey.replaced_by === null ? undefined : "It was replaced already; replace the one in its place.";
  return (
    <>
      <Button icon="trash" needs="admin" disabledBecause={ended} onClick={() => ask("revoke")}>
        Revoke …
      </Button>
      <Button
        icon="refresh"
        look="primary"
        needs="admin"
        disabledBecause={ended ?? replaced}
        onClick={() => ask("rotate")}
      >
        Replace …
      </Button>
    </>
  );
}

function KeyFacts({ apiKey, isOwn }: { apiKey: ApiKey; isOwn: boolean }) {
  const { kind, role, origins, status, created_at, created_by, expires_at, revoked_at, revoked_by, replaced_by } =
    apiKey;
  return (
    <Facts>
      <Fact name="Status">
        <span className="row row-wrap">
          <KeyBadge status={status} />
          {isOwn ? <Badge tone="accent">You are signed in with it</Badge> : null}
        </span>
      </Fact>
      <Fact name="Kind">{kind === "publishable" ? "Publishable: for pages, only sends" : "Secret"}</Fact>
      {role === null ? null : (
        <Fact name="Role">
          {ROLES[role].name}. {ROLES[role].words}
        </Fact>
      )}
      {origins.length === 0 ? null : (
        <Fact name="Origins">
          <ul>
            {origins.map((origin) => (
              <li key={origin}>
                <code>{origin}</code>
              </li>
            ))}
          </ul>
        </Fact>
      )}
      <Fact name="Made">
        <Time at={created_at} /> (<Ago at={created_at} />)
        {created_by === null ? null : (
          <>
            {" "}
            by{" "}
            <Link href={`/keys/${created_by}`} className="mono">
              {created_by}
            </Link>
          </>
        )}
      </Fact>
      <Fact name="Ends">{expires_at === null ? "never" : <Time at={expires_at} />}</Fact>
      {revoked_at === null ? null : (
        <Fact name="Revoked">
          <Time at={revoked_at} />
          {revoked_by === null ? null : (
            <>
              {" "}
              by <code>{revoked_by}</code>
            </>
          )}
        </Fact>
      )}
      {replaced_by === null ? null : (
        <Fact name="Replaced by">
          <Link href={`/keys/${replaced_by}`} className="mono">
            {replaced_by}
          </Link>
        </Fact>
      )}
      <Fact name="Id">
        <Copyable text={apiKey.id} label="Copy the key’s id" />
      </Fact>
    </Facts>
  );
}
