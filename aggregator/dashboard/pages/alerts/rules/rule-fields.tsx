import { fieldError, type RequestFailed } from "../../../api/problem.ts";
import { useGet } from "../../../api/queries.ts";
import { IconButton, Button } from "../../../parts/button.tsx";
import { ChipsField } from "../../../parts/chips-field.tsx";
import { CheckField, SelectField, TextField } from "../../../parts/field.tsx";
import { FormGroup, FormRow } from "../../../parts/form.tsx";
import { Segments } from "../../../parts/segments.tsx";
import { codeWords, countryName } from "../../../parts/words.ts";
import { nameOf } from "../destinations/destination.tsx";
import { signalWords, type Rule } from "./rule.ts";
import "./rule-fields.css";

export const LEAST_SIGNALS = ["model", "rules", "client_model"] as const;

export interface RuleDraft {
  name: string;
  enabled: boolean;
  names: string[];
  min_score: string;
  min_value: { currency: string; value: string }[];
  countries: string[];
  reasons: string[];
  signals: Record<(typeof LEAST_SIGNALS)[number], string>;
  group_by: Rule["group_by"];
  group_minutes: string;
  cool_down_minutes: string;
  alerts_per_hour: string;
  webhook_ids: string[] | null;
}

interface RuleFieldsProps {
  draft: RuleDraft;
  set(changes: Partial<RuleDraft>): void;
  error: RequestFailed | null;
}

const EVENT_NAMES = [
  "purchase",
  "payment_failed",
  "refund",
  "login",
  "sign_up",
  "add_to_cart",
  "coupon_rejected",
  "page_view",
];
const REASONS = [
  "account_takeover",
  "bot_traffic",
  "bulk_reseller",
  "card_testing",
  "coupon_abuse",
  "geo_anomaly",
  "inventory_hoarding",
  "price_glitch",
  "refund_abuse",
  "unusual_cart",
  "velocity",
];
const CURRENCIES = ["EUR", "USD", "GBP", "CHF", "JPY", "SEK", "PLN", "CAD", "AUD"];

/** Every field of a rule. */
export function RuleFields({ draft, set, error }: RuleFieldsProps) {
  return (
    <>
      <TextField
        label="Name"
        placeholder="Card testing above 100 €"
        words="It stands in the alerts."
        value={draft.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
        error={fieldError(error, "name")}
      />
      <Conditions draft={draft} set={set} error={error} />
      <Grouping draft={draft} set={set} error={error} />
      <Targets draft={draft} set={set} error={error} />
    </>
  );
}

function Conditions({ draft, set, error }: RuleFieldsProps) {
  return (
    <FormGroup title="What alerts" words="All that is given must hold. With nothing given, every anomaly alerts.">
      <FormRow>
        <ChipsField
          label="Events"
          placeholder="any"
          suggestions={EVENT_NAMES}
          name={codeWords}
          values={draft.names}
          onChange={(names) => set({ names })}
          error={fieldError(error, "conditions/names")}
        />
        <ChipsField
          label="Reasons"
          placeholder="any"
          suggestions={REASONS}
          name={codeWords}
          values={draft.reasons}
          onChange={(reasons) => set({ reasons })}
          error={fieldError(error, "conditions/reasons")}
        />
      </FormRow>
      <FormRow>
        <TextField
          label="Score, at least"
          inputMode="decimal"
          placeholder="any"
          words="0.6 is 1 in 1,000 events, 0.8 is 1 in 10,000."
          value={draft.min_score}
          onChange={(event) => set({ min_score: event.currentTarget.value })}
          error={fieldError(error, "conditions/min_score")}
        />
        <ChipsField
          label="Countries"
          placeholder="any"
          words="Two letters each, such as DE."
          spell={(text) => text.toUpperCase()}
          name={countryName}
          values={draft.countries}
          onChange={(countries) => set({ countries })}
          error={fieldError(error, "conditions/countries")}
        />
      </FormRow>
      <Amounts draft={draft} set={set} error={error} />
      <details className="rule-more" open={LEAST_SIGNALS.some((signal) => draft.signals[signal] !== "") || undefined}>
        <summary>Signals, each at least</summary>
        <FormRow>
          {LEAST_SIGNALS.map((signal) => (
            <TextField
              key={signal}
              label={codeWords(signalWords(signal))}
              inputMode="decimal"
              placeholder="any"
              value={draft.signals[signal]}
              onChange={(event) => set({ signals: { ...draft.signals, [signal]: event.currentTarget.value } })}
              error={fieldError(error, `conditions/min_signals/${signal}`)}
            />
          ))}
        </FormRow>
      </details>
    </FormGroup>
  );
}

/** Least values, one for each currency: amounts of different currencies are never compared. */
function Amounts({ draft: { min_value }, set, error }: RuleFieldsProps) {
  const change = (at: number, part: Partial<RuleDraft["min_value"][number]>) =>
    set({ min_value: min_value.map((one, index) => (index === at ? { ...one, ...part } : one)) });
  const fault = fieldError(error, "conditions/min_value");
  const unused = CURRENCIES.find((currency) => min_value.every((one) => one.currency !== currency)) ?? "";
  return (
    <div className="stack rule-amounts">
      {min_value.map(({ currency, value }, index) => (
        <div key={index} className="rule-amount">
          <TextField
            label="Worth at least"
            inputMode="decimal"
            value={value}
            onChange={(event) => change(index, { value: event.currentTarget.value })}
          />
          <TextField
            label="Currency"
            maxLength={3}
            value={currency}
            onChange={(event) => change(index, { currency: event.currentTarget.value.toUpperCase() })}
          />
          <IconButton
            icon="trash"
            label={`Any value in ${currency}`}
            onClick={() => set({ min_value: min_value.filter((_, at) => at !== index) })}
          />
        </div>
      ))}
      {fault === undefined ? null : <p className="field-error">{fault}</p>}
      <div className="row row-wrap">
        <Button small icon="plus" onClick={() => set({ min_value: [...min_value, { currency: unused, value: "" }] })}>
          Least value in {min_value.length === 0 ? "a currency" : "another currency"}
        </Button>
        {min_value.length === 0 ? null : (
          <span className="small soft">What is worth nothing, or in a currency not named, does not match.</span>
        )}
      </div>
    </div>
  );
}

function Grouping({ draft, set, error }: RuleFieldsProps) {
  return (
    <FormGroup title="How alerts are kept few">
      <Segments
        label="Alike are those of"
        value={draft.group_by}
        onChange={(group_by) => set({ group_by })}
        options={[
          { value: "entity", label: "One customer, device or card" },
          { value: "reason", label: "One reason" },
        ]}
      />
      <FormRow>
        <TextField
          label="One alert within, min"
          inputMode="decimal"
          words="What is alike. 0: each by itself."
          value={draft.group_minutes}
          onChange={(event) => set({ group_minutes: event.currentTarget.value })}
          error={fieldError(error, "group_seconds")}
        />
        <TextField
          label="Then quiet for, min"
          inputMode="decimal"
          words="Counted, not told."
          value={draft.cool_down_minutes}
          onChange={(event) => set({ cool_down_minutes: event.currentTarget.value })}
          error={fieldError(error, "cool_down_seconds")}
        />
        <TextField
          label="At most an hour"
          inputMode="numeric"
          words="The rest is one digest."
          value={draft.alerts_per_hour}
          onChange={(event) => set({ alerts_per_hour: event.currentTarget.value })}
          error={fieldError(error, "alerts_per_hour")}
        />
      </FormRow>
    </FormGroup>
  );
}

function Targets({ draft: { webhook_ids }, set, error }: RuleFieldsProps) {
  const webhooks = useGet("/v1/webhooks", { query: { limit: 100 } });
  const known = webhooks.data?.data ?? [];
  const fault = fieldError(error, "webhook_ids");
  return (
    <FormGroup title="Where alerts go">
      <SelectField
        label="Destinations"
        labelUnseen
        value={webhook_ids === null ? "all" : "some"}
        onChange={(choice) => set({ webhook_ids: choice === "all" ? null : known.slice(0, 1).map(({ id }) => id) })}
        options={[
          { value: "all", label: "Every destination that gets anomalies" },
          { value: "some", label: "Only these", disabled: known.length === 0 },
        ]}
      />
      {webhook_ids === null
        ? null
        : known.map((webhook) => (
            <CheckField
              key={webhook.id}
              label={nameOf(webhook)}
              checked={webhook_ids.includes(webhook.id)}
              onChange={(event) =>
                set({
                  webhook_ids: event.currentTarget.checked
                    ? [...webhook_ids, webhook.id]
                    : webhook_ids.filter((id) => id !== webhook.id),
                })
              }
            />
          ))}
      {fault === undefined ? null : <p className="field-error">Choose at least one: {fault}</p>}
    </FormGroup>
  );
}
