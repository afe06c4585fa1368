import { Button } from "../../parts/button.tsx";
import { SelectField, TextField } from "../../parts/field.tsx";
import { Segments } from "../../parts/segments.tsx";
import { codeWords } from "../../parts/words.ts";
import "../anomalies/filter-bar.css";

export const ASKED = {
  anomaly: "",
  name: "",
  min_score: "",
  country: "",
  label: "",
  user_id: "",
  session_id: "",
  transaction_id: "",
  client_id: "",
  card_fingerprint: "",
  email_hash: "",
  ip_hash: "",
  from: "",
  to: "",
} as const;
export type Asked = Record<keyof typeof ASKED, string>;

const NAMES = [
  "purchase",
  "refund",
  "payment_failed",
  "login",
  "sign_up",
  "page_view",
  "view_item",
  "add_to_cart",
  "begin_checkout",
  "add_payment_info",
  "coupon_rejected",
];

/** What an event can be looked for by; one of them at a time stands in the field. */
const IDS = [
  { value: "user_id", label: "Customer" },
  { value: "transaction_id", label: "Order" },
  { value: "session_id", label: "Session" },
  { value: "client_id", label: "Device" },
  { value: "card_fingerprint", label: "Card" },
  { value: "ip_hash", label: "Network" },
  { value: "email_hash", label: "E-mail" },
] as const;

export function EventFilters({ asked, set }: { asked: Asked; set(changes: Partial<Asked>): void }) {
  const field = IDS.find(({ value }) => asked[value] !== "")?.value ?? "user_id";
  const names = NAMES.includes(asked.name) || asked.name === "" ? NAMES : [asked.name, ...NAMES];
  const isFiltered = Object.values(asked).some((value) => value !== "");
  const find = (text: string) => text !== asked[field] && set({ [field]: text });
  return (
    <div className="filter-bar" role="search" aria-label="Filter the events">
      <Segments
        label="Which events"
        value={asked.anomaly === "true" ? "true" : ""}
        onChange={(anomaly) => set({ anomaly })}
        options={[
          { value: "", label: "All" },
          { value: "true", label: "Anomalies" },
        ]}
      />
      <SelectField
        label="Kind of event"
        labelUnseen
        value={asked.name}
        onChange={(name) => set({ name })}
        options={[{ value: "", label: "Any event" }, ...names.map((value) => ({ value, label: codeWords(value) }))]}
      />
      <SelectField
        label="Score"
        labelUnseen
        value={asked.min_score}
        onChange={(min_score) => set({ min_score })}
        options={[
          { value: "", label: "Any score" },
          { value: "0.4", label: "0.4: 1 in 100" },
          { value: "0.6", label: "0.6: 1 in 1,000" },
          { value: "0.8", label: "0.8: 1 in 10,000" },
        ]}
      />
      <SelectField
        label="Known as"
        labelUnseen
        value={asked.label}
        onChange={(label) => set({ label })}
        options={[
          { value: "", label: "Known or not" },
          { value: "fraud", label: "Known as fraud" },
          { value: "legitimate", label: "Known as legitimate" },
        ]}
      />
      <SelectField
        label="Look for"
        labelUnseen
        value={field}
        onChange={(next) => set({ [field]: "", [next]: asked[field] })}
        options={IDS}
      />
      <TextField
        key={`${field} ${asked[field]}`}
        label={IDS.find(({ value }) => value === field)?.label ?? ""}
        labelUnseen
        type="search"
        placeholder="whole id"
        defaultValue={asked[field]}
        onBlur={(event) => find(event.currentTarget.value.trim())}
        onKeyDown={(event) => event.key === "Enter" && find(event.currentTarget.value.trim())}
      />
      {isFiltered ? (
        <Button small look="quiet" icon="close" onClick={() => set(ASKED)}>
          Clear
        </Button>
      ) : null}
    </div>
  );
}
