import { SecretDialog } from "../../parts/secret-dialog.tsx";

/** A new key, the only time it is shown. */
export function KeySecret({ secret, onSaved }: { secret: string | undefined; onSaved(): void }) {
  const isPublishable = secret?.startsWith("pk_") ?? false;
  return (
    <SecretDialog
      secret={secret}
      title="The new key"
      words="It works at once. Nothing but a digest of it is kept, so it cannot be shown again."
      onSaved={onSaved}
    >
      <p className="soft">
        {isPublishable
          ? "It may stand in pages: it can only send events, from the origins that it names."
          : "It goes in the header of every request and belongs on servers alone, never in a page or an app:"}
      </p>
      {isPublishable ? null : (
        <pre className="key-example" role="region" aria-label="How it is used" tabIndex={0}>
          Authorization: Bearer {secret}
        </pre>
      )}
    </SecretDialog>
  );
}
