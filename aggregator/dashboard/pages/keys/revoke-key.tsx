import { useState } from "react";
import { useChange } from "../../api/queries.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { CheckField } from "../../parts/field.tsx";
import { toast } from "../../parts/toast.tsx";
import { nameOf, type ApiKey } from "./key.tsx";

interface RevokeKeyProps {
  apiKey: ApiKey;
  isOwn: boolean;
  onClose(): void;
}

/** Ends a key for good. One's own only after saying so twice. */
export function RevokeKey({ apiKey, isOwn, onClose }: RevokeKeyProps) {
  const [isSure, setSure] = useState(false);
  const revoke = useChange("delete", "/v1/api-keys/{id}", ["/v1/api-keys"]);
  return (
    <Confirm
      open
      onClose={onClose}
      title={`Revoke “${nameOf(apiKey)}”`}
      words={
        <p>
          Whatever uses it is refused within a minute. This cannot be undone; to change over without a gap, replace it
          instead.
        </p>
      }
      action="Revoke it"
      look="danger"
      disabledBecause={isOwn && !isSure ? "Say that you know it is your own." : undefined}
      change={revoke}
      onConfirm={() =>
        revoke.mutate(
          { params: { id: apiKey.id } },
          {
            onSuccess() {
              toast(`“${nameOf(apiKey)}” is revoked. It stops within a minute.`);
              onClose();
            },
          },
        )
      }
    >
      {isOwn ? (
        <CheckField
          label="This is the key I am signed in with"
          words="You will be signed out within a minute, and need another admin key to come back."
          checked={isSure}
          onChange={(event) => setSure(event.currentTarget.checked)}
        />
      ) : null}
    </Confirm>
  );
}
