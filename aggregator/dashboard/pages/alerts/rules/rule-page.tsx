import { useMemo, useState, type ReactNode } from "react";
import { useLocation } from "wouter";
import { useMay } from "../../../api/me.ts";
import type { RequestFailed } from "../../../api/problem.ts";
import { useChange, useGet } from "../../../api/queries.ts";
import { Button, LinkButton } from "../../../parts/button.tsx";
import { Confirm } from "../../../parts/confirm.tsx";
import { Form } from "../../../parts/form.tsx";
import { Panel } from "../../../parts/panel.tsx";
import { Loaded, SkeletonLines } from "../../../parts/states.tsx";
import { toast } from "../../../parts/toast.tsx";
import { AlertsFrame } from "../alerts-frame.tsx";
import { bodyOf, draftOf, NEW_RULE } from "./rule-draft.ts";
import { RuleFields, type RuleDraft } from "./rule-fields.tsx";
import { OnOff, RuleState } from "./rule-list.tsx";
import { RulePreview } from "./rule-preview.tsx";
import { RuleVersions } from "./rule-versions.tsx";
import { SilenceMenu } from "./silence-menu.tsx";
import type { Rule } from "./rule.ts";

/** A rule with its form and, beside it, what the form would have raised. `new` for one that is not there yet. */
export function RulePage({ id }: { id: string }) {
  return id === "new" ? <NewRule /> : <ExistingRule id={id} />;
}

function NewRule() {
  const [, navigate] = useLocation();
  const create = useChange("post", "/v1/alert-rules", ["/v1/alert-rules"]);
  return (
    <RuleFrame words="A new rule. Nothing is saved until you say so.">
      <RuleEditor
        title="New rule"
        first={NEW_RULE}
        change={create}
        action="Create the rule"
        onSave={(draft) =>
          create.mutate(
            { body: bodyOf(draft) },
            {
              onSuccess({ id, name }) {
                toast(`“${name}” is in force.`);
                navigate(`/alerts/rules/${id}`);
              },
            },
          )
        }
      />
    </RuleFrame>
  );
}

function ExistingRule({ id }: { id: string }) {
  const rule = useGet("/v1/alert-rules/{id}", { params: { id } });
  const change = useChange("patch", "/v1/alert-rules/{id}", ["/v1/alert-rules"]);
  return (
    <RuleFrame
      words={rule.data?.name ?? " "}
      actions={rule.data === undefined ? null : <RuleActions rule={rule.data} />}
    >
      <Loaded of={rule} skeleton={<SkeletonLines lines={16} />}>
        {(data) => (
          <RuleEditor
            key={data.version}
            title={data.name}
            note={<RuleState rule={data} />}
            first={draftOf(data)}
            change={change}
            action="Save"
            onSave={(draft) => {
              const { enabled: _kept, ...body } = bodyOf(draft);
              change.mutate({ params: { id }, body }, { onSuccess: () => toast("Saved. It holds from now on.") });
            }}
          >
            <RuleVersions id={id} />
          </RuleEditor>
        )}
      </Loaded>
    </RuleFrame>
  );
}

interface RuleFrameProps {
  words: string;
  actions?: ReactNode;
  children: ReactNode;
}

function RuleFrame({ words, actions, children }: RuleFrameProps) {
  return (
    <AlertsFrame
      tab="Rules"
      words={words}
      actions={
        <>
          {actions}
          <LinkButton icon="left" href="/alerts/rules">
            All rules
          </LinkButton>
        </>
      }
    >
      {children}
    </AlertsFrame>
  );
}

interface RuleEditorProps {
  title: string;
  note?: ReactNode;
  first: RuleDraft;
  change: { isPending: boolean; error: RequestFailed | null };
  action: string;
  onSave(draft: RuleDraft): void;
  children?: ReactNode;
}

function RuleEditor({ title, note, first, change, action, onSave, children }: RuleEditorProps) {
  const [draft, setDraft] = useState(first);
  const [refused, setRefused] = useState<RequestFailed | null>(null);
  const { reason } = useMay("operator");
  const body = useMemo(() => bodyOf(draft), [draft]);
  const isSame = JSON.stringify(draft) === JSON.stringify(first);
  return (
    <div className="rule-editor">
      <Panel title={title} note={note}>
        <Form onSubmit={() => onSave(draft)} error={change.error}>
          <RuleFields
            draft={draft}
            set={(changes) => setDraft({ ...draft, ...changes })}
            error={change.error ?? refused}
          />
          <div className="row row-wrap">
            <Button
              type="submit"
              look="primary"
              busy={change.isPending}
              disabledBecause={reason ?? (isSame ? "Nothing was changed." : undefined)}
            >
              {action}
            </Button>
            {isSame ? null : <Button onClick={() => setDraft(first)}>Undo the changes</Button>}
          </div>
        </Form>
      </Panel>
      <div className="rule-side">
        <RulePreview body={body} onRefused={setRefused} />
        {children}
      </div>
    </div>
  );
}

function RuleActions({ rule }: { rule: Rule }) {
  const [isAsked, setAsked] = useState(false);
  const [, navigate] = useLocation();
  const remove = useChange("delete", "/v1/alert-rules/{id}", ["/v1/alert-rules"]);
  return (
    <>
      <SilenceMenu rule={rule} />
      <OnOff rule={rule} />
      <Button small icon="trash" needs="operator" onClick={() => setAsked(true)}>
        Delete …
      </Button>
      <Confirm
        open={isAsked}
        onClose={() => setAsked(false)}
        title={`Delete “${rule.name}”`}
        words={
          <p>
            It alerts no more. Its alerts and versions stay on record; the rule itself does not come back. To stop it
            for a time, silence it or switch it off.
          </p>
        }
        action="Delete it"
        look="danger"
        change={remove}
        onConfirm={() =>
          remove.mutate(
            { params: { id: rule.id } },
            {
              onSuccess() {
                toast(`“${rule.name}” was deleted.`);
                navigate("/alerts/rules");
              },
            },
          )
        }
      />
    </>
  );
}
