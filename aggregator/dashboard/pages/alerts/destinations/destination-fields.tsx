import type { RequestFailed } from "../../../api/problem.ts";
import { fieldError } from "../../../api/problem.ts";
import { ChipsField } from "../../../parts/chips-field.tsx";
import { CheckField, SelectField, TextField } from "../../../parts/field.tsx";
import { FormGroup, FormRow } from "../../../parts/form.tsx";
import { TYPE_NAMES, TYPES, type AlertType } from "../alert.tsx";
import type { Draft } from "./draft.ts";

interface DestinationFieldsProps {
  draft: Draft;
  set(changes: Partial<Draft>): void;
  error: RequestFailed | null;
  /** Whether it is there already: then a secret field may stay empty. */
  isMade: boolean;
}

/** The fields of a destination, by its kind. */
export function DestinationFields(props: DestinationFieldsProps) {
  const { draft, set, error } = props;
  return (
    <>
      <ReachedBy {...props} />
      <TextField
        label="Name"
        placeholder="Fraud team, on call"
        words="For people; it stands in lists in place of the address."
        value={draft.description}
        onChange={(event) => set({ description: event.currentTarget.value })}
        error={fieldError(error, "description")}
      />
      <FormGroup title="What it gets">
        <div className="destination-types">
          {TYPE_NAMES.map((type) => (
            <CheckField
              key={type}
              label={TYPES[type].name}
              words={TYPES[type].words}
              checked={draft.types.includes(type)}
              onChange={(event) => set({ types: toggled(draft.types, type, event.currentTarget.checked) })}
            />
          ))}
        </div>
        {fieldError(error, "types") === undefined ? null : (
          <p className="field-error">Choose at least one: {fieldError(error, "types")}</p>
        )}
      </FormGroup>
    </>
  );
}

function toggled(types: readonly AlertType[], type: AlertType, isOn: boolean): AlertType[] {
  return TYPE_NAMES.filter((one) => (one === type ? isOn : types.includes(one)));
}

function ReachedBy({ draft, set, error, isMade }: DestinationFieldsProps) {
  const kept = isMade ? "Left empty, it stays as it is." : undefined;
  if (draft.kind === "pagerduty") {
    return (
      <FormRow>
        <TextField
          label="Integration key"
          placeholder="32 letters and digits"
          autoComplete="off"
          spellCheck={false}
          words={kept ?? "Of the service, under Integrations, Events API v2. Not shown again."}
          value={draft.routing_key}
          onChange={(event) => set({ routing_key: event.currentTarget.value.trim() })}
          error={fieldError(error, "routing_key")}
        />
        <SelectField
          label="Region of the account"
          value={draft.region}
          onChange={(region) => set({ region })}
          options={[
            { value: "us", label: "United States" },
            { value: "eu", label: "Europe" },
          ]}
          error={fieldError(error, "region")}
        />
      </FormRow>
    );
  }
  if (draft.kind === "email") {
    return (
      <>
        <TextField
          label="Resend API key"
          placeholder="re_…"
          autoComplete="off"
          spellCheck={false}
          words={kept ?? "One that may only send is enough. Not shown again."}
          value={draft.api_key}
          onChange={(event) => set({ api_key: event.currentTarget.value.trim() })}
          error={fieldError(error, "api_key")}
        />
        <TextField
          label="From"
          placeholder="PulseEcom <alerts@example.com>"
          words="Of a domain that Resend has verified."
          value={draft.from}
          onChange={(event) => set({ from: event.currentTarget.value })}
          error={fieldError(error, "from")}
        />
        <ChipsField
          label="To"
          placeholder="fraud@example.com"
          words="Enter adds another; at most 20."
          values={draft.to}
          onChange={(to) => set({ to })}
          error={fieldError(error, "to")}
        />
      </>
    );
  }
  const isSlack = draft.kind === "slack";
  return (
    <TextField
      label={isSlack ? "URL of the incoming webhook" : "URL"}
      type="url"
      inputMode="url"
      autoComplete="off"
      spellCheck={false}
      placeholder={isSlack ? "https://hooks.slack.com/services/…" : "https://hooks.example.com/pulse"}
      words={
        isSlack ? (kept ?? "Its last part is a secret and is not shown again.") : "Public, https, on port 443 or 8443."
      }
      value={draft.url}
      onChange={(event) => set({ url: event.currentTarget.value.trim() })}
      error={fieldError(error, "url")}
    />
  );
}
