import { useState } from "react";
import { fieldError } from "../../api/problem.ts";
import { useChange } from "../../api/queries.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { SelectField } from "../../parts/field.tsx";
import { nameOf, type ApiKey } from "./key.tsx";

interface RotateKeyProps {
  apiKey: ApiKey;
  isOwn: boolean;
  onClose(): void;
  onMade(secret: string): void;
}

const GRACES = [
  { value: "0", label: "Ends at once" },
  { value: "3600", label: "Works on for 1 hour" },
  { value: "86400", label: "Works on for 1 day" },
  { value: "604800", label: "Works on for 7 days" },
] as const;

/** Makes a key to take the place of one. */
export function RotateKey({ apiKey, isOwn, onClose, onMade }: RotateKeyProps) {
  const [grace, setGrace] = useState<(typeof GRACES)[number]["value"]>("86400");
  const rotate = useChange("post", "/v1/api-keys/{id}/rotate", ["/v1/api-keys"]);
  return (
    <Confirm
      open
      onClose={onClose}
      title={`Replace “${nameOf(apiKey)}”`}
      words={
        <>
          <p>A new key of the same kind, role and origins is made and shown once. Put it where this one is used.</p>
          {isOwn ? (
            <p>
              You are signed in with this key. Sign in with the new one
              {grace === "0" ? ": this page stops within a minute." : " before this one ends."}
            </p>
          ) : null}
        </>
      }
      action="Make the new key"
      look={grace === "0" ? "danger" : "primary"}
      change={rotate}
      onConfirm={() =>
        rotate.mutate(
          { params: { id: apiKey.id }, body: { grace_seconds: Number(grace) } },
          { onSuccess: ({ key }) => onMade(key) },
        )
      }
    >
      <SelectField
        label="This key"
        value={grace}
        onChange={(next) => setGrace(next)}
        options={GRACES}
        error={fieldError(rotate.error, "grace_seconds")}
      />
    </Confirm>
  );
}
