import { useId, useState } from "react";
import { fieldError } from "../../api/problem.ts";
import { useChange } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { ChipsField } from "../../parts/chips-field.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { SelectField, TextField } from "../../parts/field.tsx";
import { Form } from "../../parts/form.tsx";
import { instantOf } from "../../parts/local-time.ts";
import { Segments } from "../../parts/segments.tsx";
import { ROLES, type Role } from "./key.tsx";

interface NewKeyProps {
  onClose(): void;
  onMade(secret: string): void;
}

const KINDS = [
  { value: "secret", label: "Secret, for servers and people" },
  { value: "publishable", label: "Publishable, for pages" },
] as const;
const ROLE_NAMES = Object.keys(ROLES) as Role[]; // of a record by role

/** Makes a key. */
export function NewKey({ onClose, onMade }: NewKeyProps) {
  const [kind, setKind] = useState<"secret" | "publishable">("secret");
  const [role, setRole] = useState<Role>("ingest");
  const [origins, setOrigins] = useState<string[]>([]);
  const [description, setDescription] = useState("");
  const [until, setUntil] = useState("");
  const formId = useId();
  const create = useChange("post", "/v1/api-keys", ["/v1/api-keys"]);
  const isSecret = kind === "secret";
  const run = () =>
    create.mutate(
      {
        body: {
          kind,
          role: isSecret ? role : null,
          origins: isSecret ? [] : origins,
          description: description === "" ? null : description,
          expires_at: instantOf(until),
        },
      },
      { onSuccess: ({ key }) => onMade(key) },
    );
  return (
    <Dialog
      open
      onClose={onClose}
      title="Make a key"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} look="primary" busy={create.isPending}>
            Make it
          </Button>
        </>
      }
    >
      <Form id={formId} onSubmit={run} error={create.error}>
        <Segments label="Kind" value={kind} onChange={(next) => setKind(next)} options={KINDS} />
        {isSecret ? (
          <SelectField
            label="Role"
            value={role}
            onChange={(next) => setRole(next)}
            words={ROLES[role].words}
            options={ROLE_NAMES.map((value) => ({ value, label: ROLES[value].name }))}
            error={fieldError(create.error, "role")}
          />
        ) : (
          <ChipsField
            label="Origins"
            placeholder="https://shop.example"
            words="Pages that may use it. Enter adds another."
            values={origins}
            onChange={setOrigins}
            error={fieldError(create.error, "origins")}
          />
        )}
        <TextField
          label="What it is for"
          placeholder="Checkout of the shop"
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
          error={fieldError(create.error, "description")}
        />
        <TextField
          label="Ends (local time)"
          type="datetime-local"
          words="Left empty, it never does."
          value={until}
          onChange={(event) => setUntil(event.currentTarget.value)}
          error={fieldError(create.error, "expires_at")}
        />
      </Form>
    </Dialog>
  );
}
