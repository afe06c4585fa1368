import { useId, type ComponentProps, type ReactNode } from "react";
import { classes } from "./button.tsx";
import { Icon } from "./icon.tsx";
import "./field.css";

interface FieldProps {
  label: ReactNode;
  /** What is wrong with it. */
  error?: string | undefined;
  /** What it means, under it. */
  words?: ReactNode;
  /** The label is for who listens only: what stands there says it to who sees. */
  labelUnseen?: boolean;
  className?: string;
}

interface Own extends FieldProps {
  children(attributes: {
    id: string;
    "aria-describedby": string | undefined;
    "aria-invalid": true | undefined;
  }): ReactNode;
}

function Field({ label, error, words, labelUnseen = false, className, children }: Own) {
  const id = useId();
  const isSaid = error !== undefined || words !== undefined;
  return (
    <div className={classes("field", className)}>
      <label htmlFor={id} className={labelUnseen ? "unseen" : "field-label"}>
        {label}
      </label>
      {children({
        id,
        "aria-describedby": isSaid ? `${id}-words` : undefined,
        "aria-invalid": error === undefined ? undefined : true,
      })}
      {isSaid ? (
        <p id={`${id}-words`} className={error === undefined ? "field-words" : "field-error"}>
          {error ?? words}
        </p>
      ) : null}
    </div>
  );
}

export function TextField({
  label,
  error,
  words,
  labelUnseen,
  className,
  ...input
}: FieldProps & ComponentProps<"input">) {
  return (
    <Field {...defined({ label, error, words, labelUnseen, className })}>
      {(attributes) => <input {...attributes} {...input} className="control" />}
    </Field>
  );
}

export function AreaField({
  label,
  error,
  words,
  labelUnseen,
  className,
  ...area
}: FieldProps & ComponentProps<"textarea">) {
  return (
    <Field {...defined({ label, error, words, labelUnseen, className })}>
      {(attributes) => <textarea rows={3} {...attributes} {...area} className="control control-area" />}
    </Field>
  );
}

interface SelectProps<Value extends string>
  extends FieldProps, Omit<ComponentProps<"select">, "onChange" | "value" | "className"> {
  value: Value;
  options: readonly { value: Value; label: string; disabled?: boolean }[];
  onChange(value: Value): void;
}

/** One of a few. The browser's own list, as phones show it best. */
export function SelectField<Value extends string>(props: SelectProps<Value>) {
  const { label, error, words, labelUnseen, className, value, options, onChange, ...select } = props;
  return (
    <Field {...defined({ label, error, words, labelUnseen, className })}>
      {(attributes) => (
        <span className="select">
          <select
            {...attributes}
            {...select}
            value={value}
            className="control"
            // Only values of the options stand in the list.
            onChange={(event) => onChange(event.currentTarget.value as Value)}
          >
            {options.map((option) => (
              <option key={option.value} value={option.value} disabled={option.disabled}>
                {option.label}
              </option>
            ))}
          </select>
          <Icon name="down" />
        </span>
      )}
    </Field>
  );
}

export function CheckField({
  label,
  words,
  className,
  ...input
}: { label: ReactNode; words?: ReactNode; className?: string } & ComponentProps<"input">) {
  return (
    <label className={classes("check", className)}>
      <input {...input} type="checkbox" />
      <span>
        {label}
        {words === undefined ? null : <span className="field-words">{words}</span>}
      </span>
    </label>
  );
}

/** Without what is undefined: an optional property may be missing, not be undefined. */
function defined(props: { [K in keyof FieldProps]: FieldProps[K] | undefined }): FieldProps {
  const present = Object.entries(props).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as unknown as FieldProps; // the label, which must be there, always is
}
