import { useId, useState, type KeyboardEvent } from "react";
import { TextField } from "./field.tsx";
import { Icon } from "./icon.tsx";
import "./chips-field.css";

interface ChipsFieldProps {
  label: string;
  values: readonly string[];
  onChange(values: string[]): void;
  error?: string | undefined;
  words?: string;
  placeholder?: string;
  /** Offered while typing; others may be given too. */
  suggestions?: readonly string[];
  /** A value in its one spelling. */
  spell?(text: string): string;
  /** A value as people call it. */
  name?(value: string): string;
}

/** Several values, each typed and ended by Enter or a comma; Backspace in the empty field takes the last away. */
export function ChipsField(props: ChipsFieldProps) {
  const { label, values, onChange, error, words, placeholder, suggestions, spell = (text) => text, name } = props;
  const [text, setText] = useState("");
  const listId = useId();
  const add = () => {
    const given = text.split(",").map((part) => spell(part.trim()));
    const fresh = given.filter(
      (value, index) => value !== "" && !values.includes(value) && given.indexOf(value) === index,
    );
    if (fresh.length > 0) onChange([...values, ...fresh]);
    setText("");
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Enter" || event.key === ",") {
      if (text.trim() === "") return;
      event.preventDefault();
      add();
    } else if (event.key === "Backspace" && text === "" && values.length > 0) {
      onChange(values.slice(0, -1));
    }
  };
  return (
    <div className="chips-field">
      <TextField
        label={label}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        onBlur={add}
        autoComplete="off"
        placeholder={placeholder}
        error={error}
        words={words}
        list={suggestions === undefined ? undefined : listId}
      />
      {suggestions === undefined ? null : (
        <datalist id={listId}>
          {suggestions
            .filter((value) => !values.includes(value))
            .map((value) => (
              <option key={value} value={value}>
                {name?.(value)}
              </option>
            ))}
        </datalist>
      )}
      {values.length === 0 ? null : (
        <ul className="chips" aria-label={label}>
          {values.map((value) => (
            <li key={value}>
              <button
                type="button"
                className="chip"
                aria-label={`Remove ${name?.(value) ?? value}`}
                onClick={() => onChange(values.filter((one) => one !== value))}
              >
                {name?.(value) ?? value}
                <Icon name="close" size={12} />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
