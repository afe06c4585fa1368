import { useState } from "react";
import { useMay } from "../../../api/me.ts";
import { fieldError, type RequestFailed } from "../../../api/problem.ts";
import { useChange, useGet } from "../../../api/queries.ts";
import { Badge } from "../../../parts/badge.tsx";
import { Button } from "../../../parts/button.tsx";
import { TextField } from "../../../parts/field.tsx";
import { Time } from "../../../parts/figures.tsx";
import { Form } from "../../../parts/form.tsx";
import { Panel } from "../../../parts/panel.tsx";
import { Loaded, SkeletonLines } from "../../../parts/states.tsx";
import { toast } from "../../../parts/toast.tsx";
import { numberWords } from "../../../parts/words.ts";
import { AlertsFrame } from "../alerts-frame.tsx";
import { BudgetPanel } from "./budget-panel.tsx";
import { bodyOf, draftOf, type DetectionDraft, type Settings } from "./detection-draft.ts";
import { RULE_NUMBERS } from "./rule-numbers.ts";
import { SettingsHistory } from "./settings-history.tsx";
import { ThresholdFields } from "./threshold-fields.tsx";
import "./detection.css";

/** From when on an event is an anomaly, and the numbers of the named rules. */
export function DetectionPart() {
  const settings = useGet("/v1/detection-settings", {});
  return (
    <AlertsFrame tab="Detection" words="What events are scored with. The edge follows a change within a minute.">
      <div className="detection">
        <Loaded of={settings} skeleton={<SkeletonLines lines={20} />}>
          {(data) => <SettingsForm key={data.version} settings={data} />}
        </Loaded>
        <div className="detection-side">
          <BudgetPanel />
          <SettingsHistory />
        </div>
      </div>
    </AlertsFrame>
  );
}

function SettingsForm({ settings }: { settings: Settings }) {
  const first = draftOf(settings);
  const [draft, setDraft] = useState(first);
  const { reason } = useMay("operator");
  const change = useChange("post", "/v1/detection-settings", ["/v1/detection-settings", "/v1/alert-budget"]);
  const isSame = JSON.stringify(bodyOf(draft)) === JSON.stringify(bodyOf(first));
  const set = (changes: Partial<DetectionDraft>) => setDraft({ ...draft, ...changes });
  const { threshold, reason: why } = settings.effective;
  return (
    <Form
      className="detection-form"
      onSubmit={() =>
        change.mutate({ body: bodyOf(draft) }, { onSuccess: () => toast("Saved. The edge follows within a minute.") })
      }
      error={change.error}
    >
      <Panel
        title="Threshold"
        note={
          <>
            now <b className="number">{threshold ?? "the deployment’s"}</b>, {why}
            {settings.set_at === null ? null : (
              <>
                {" "}
                · set <Time at={settings.set_at} />
              </>
            )}
          </>
        }
      >
        <ThresholdFields draft={draft} set={set} error={change.error} />
      </Panel>
      <Panel title="Numbers of the named rules" note="What is left empty is as deployed">
        <div className="rule-numbers">
          {RULE_NUMBERS.map(({ rule, numbers }) => (
            <RuleGroup key={rule} rule={rule} numbers={numbers} draft={draft} set={set} error={change.error} />
          ))}
        </div>
      </Panel>
      <div className="detection-save">
        <Button
          type="submit"
          look="primary"
          busy={change.isPending}
          disabledBecause={reason ?? (isSame ? "Nothing was changed." : undefined)}
        >
          Save
        </Button>
        {isSame ? (
          <span className="small soft">{reason ?? "Nothing was changed."}</span>
        ) : (
          <Button onClick={() => setDraft(first)}>Undo the changes</Button>
        )}
      </div>
    </Form>
  );
}

interface RuleGroupProps {
  rule: string;
  numbers: (typeof RULE_NUMBERS)[number]["numbers"];
  draft: DetectionDraft;
  set(changes: Partial<DetectionDraft>): void;
  error: RequestFailed | null;
}

function RuleGroup({ rule, numbers, draft, set, error }: RuleGroupProps) {
  const isSet = numbers.some(({ name }) => (draft.rules[name] ?? "") !== "");
  return (
    <fieldset className="rule-number-group">
      <legend>
        {rule} {isSet ? <Badge tone="accent">Set</Badge> : null}
      </legend>
      {numbers.map(({ name, label, words, usual }) => (
        <TextField
          key={name}
          label={label}
          words={words}
          inputMode="decimal"
          placeholder={numberWords(usual)}
          className="rule-number"
          value={draft.rules[name] ?? ""}
          onChange={(event) => set({ rules: { ...draft.rules, [name]: event.currentTarget.value } })}
          error={fieldError(error, `rules/${name}`)}
        />
      ))}
    </fieldset>
  );
}
