import { SecretDialog } from "../../../parts/secret-dialog.tsx";
import { VERIFY_EXAMPLE } from "./verify-example.ts";

interface WebhookSecretProps {
  secret: string | undefined;
  title: string;
  onSaved(): void;
}

/** The secret that a webhook's requests are signed with, and how a receiver checks them. */
export function WebhookSecret({ secret, title, onSaved }: WebhookSecretProps) {
  return (
    <SecretDialog
      secret={secret}
      title={title}
      words="It signs every request, so that the receiver can tell them from forged ones. Keep it with the receiver; it is not shown again."
      onSaved={onSaved}
    >
      <p>
        Any library of{" "}
        <a href="https://www.standardwebhooks.com" target="_blank" rel="noreferrer">
          Standard Webhooks
        </a>{" "}
        checks a signature. In Node, without one:
      </p>
      <pre className="verify-example" role="region" aria-label="Checking a signature in Node" tabIndex={0}>
        {VERIFY_EXAMPLE}
      </pre>
    </SecretDialog>
  );
}
