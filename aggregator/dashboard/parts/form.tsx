import type { ReactNode } from "react";
import type { RequestFailed } from "../api/problem.ts";
import { ErrorBox } from "./states.tsx";
import { classes } from "./button.tsx";
import "./form.css";

interface FormProps {
  /** Of the form, so that a button elsewhere may submit it. */
  id?: string;
  onSubmit(): void;
  /** What was refused. Fields say their own part of it. */
  error?: RequestFailed | null;
  className?: string;
  children: ReactNode;
}

/** Fields below one another. What they may hold is for the API to say. */
export function Form({ id, onSubmit, error = null, className, children }: FormProps) {
  return (
    <form
      id={id}
      noValidate
      className={classes("form", className)}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
      {error === null ? null : <ErrorBox error={error} />}
    </form>
  );
}

/** Fields side by side, where there is room. */
export function FormRow({ children }: { children: ReactNode }) {
  return <div className="form-row">{children}</div>;
}

/** Fields that belong together. */
export function FormGroup({ title, words, children }: { title: string; words?: ReactNode; children: ReactNode }) {
  return (
    <fieldset className="form-group">
      <legend>{title}</legend>
      {words === undefined ? null : <p className="field-words">{words}</p>}
      {children}
    </fieldset>
  );
}
