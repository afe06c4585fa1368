import { useState } from "react";
import { Link, useLocation, useParams } from "wouter";
import { useMe } from "../../api/me.ts";
import { useList } from "../../api/queries.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Ago, Time } from "../../parts/figures.tsx";
import { Pager } from "../../parts/pager.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Empty, Loaded, SkeletonLines } from "../../parts/states.tsx";
import { Table } from "../../parts/table.tsx";
import { PageFrame } from "../../shell/page-frame.tsx";
import { KeyDetail } from "./key-detail.tsx";
import { KeySecret } from "./key-secret.tsx";
import { isInForce, KeyBadge, nameOf, ROLES, type ApiKey } from "./key.tsx";
import { NewKey } from "./new-key.tsx";
import "./keys.css";

/** Who may do what: keys made, replaced, revoked. */
export function KeysPage() {
  const { id: openId } = useParams<{ id?: string }>();
  const [, navigate] = useLocation();
  const list = useList("/v1/api-keys", { query: { limit: 100 } });
  const me = useMe();
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<string>();
  return (
    <PageFrame
      title="Keys"
      words="Of a key nothing is kept but a digest: it is shown once, when it is made. Keys that have ended stay on the list."
      actions={
        <Button look="primary" icon="plus" needs="admin" onClick={() => setMaking(true)}>
          Make a key
        </Button>
      }
    >
      <Panel flush>
        <Loaded of={list} skeleton={<SkeletonLines lines={6} height={52} />}>
          {() => (
            <Table
              caption="Keys, newest first"
              rows={list.rows.toSorted((a, b) => Number(isInForce(b)) - Number(isInForce(a)))}
              keyOf={({ id }) => id}
              selected={openId}
              empty={<Empty icon="keys" title="There is no key" />}
              columns={[
                { head: "Key", cell: (key) => <KeyLine apiKey={key} isOwn={key.id === me.data?.key_id} /> },
                { head: "May", cell: (key) => <KeyRole apiKey={key} /> },
                { head: "Status", cell: ({ status }) => <KeyBadge status={status} /> },
                { head: "Ends", from: "tablet", cell: endWords },
                {
                  head: "Last change",
                  align: "end",
                  from: "laptop",
                  cell: ({ revoked_at, created_at }) => <Ago at={revoked_at ?? created_at} />,
                },
              ]}
            />
          )}
        </Loaded>
        <Pager shown={list.rows.length} of="keys" list={list} />
      </Panel>
      <KeyDetail id={openId} ownId={me.data?.key_id} onClose={() => navigate("/keys")} onMade={setMade} />
      {isMaking ? (
        <NewKey
          onClose={() => setMaking(false)}
          onMade={(secret) => {
            setMaking(false);
            setMade(secret);
          }}
        />
      ) : null}
      <KeySecret secret={made} onSaved={() => setMade(undefined)} />
    </PageFrame>
  );
}

function KeyLine({ apiKey, isOwn }: { apiKey: ApiKey; isOwn: boolean }) {
  return (
    <div className="key-line">
      <span className="row row-wrap">
        <Link href={`/keys/${apiKey.id}`} className="key-name">
          {nameOf(apiKey)}
        </Link>
        {isOwn ? <Badge tone="accent">Yours</Badge> : null}
      </span>
      <code className="small soft">
        {apiKey.kind === "publishable" ? "pk" : "sk"}_{apiKey.id}_…
      </code>
    </div>
  );
}

function KeyRole({ apiKey: { kind, role, origins } }: { apiKey: ApiKey }) {
  if (role !== null) return <span title={ROLES[role].words}>{ROLES[role].name}</span>;
  return <span title={origins.join(", ")}>{kind === "publishable" ? "Send from pages" : "Nothing"}</span>;
}

function endWords({ expires_at, status }: ApiKey) {
  if (status === "revoked") return <span className="faint">ended</span>;
  return expires_at === null ? <span className="soft">never</span> : <Time at={expires_at} />;
}
