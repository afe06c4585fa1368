import { useState, type ReactNode } from "react";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { toast } from "./toast.tsx";
import "./secret-dialog.css";

interface SecretDialogProps {
  /** Undefined while there is none to show. */
  secret: string | undefined;
  title: string;
  /** What it is for. */
  words: ReactNode;
  onSaved(): void;
  /** How to use it. */
  children?: ReactNode;
}

/** Shows a secret the only time it can be shown, and does not close until it is said to be saved. */
export function SecretDialog({ secret, title, words, onSaved, children }: SecretDialogProps) {
  const [isCopied, setCopied] = useState(false);
  const [isAsked, setAsked] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(secret ?? "");
    setCopied(true);
    toast("Copied.");
  };
  const close = () => {
    setCopied(false);
    setAsked(false);
    onSaved();
  };
  return (
    <Dialog
      open={secret !== undefined}
      onClose={() => setAsked(true)}
      title={title}
      words={words}
      kind="wide"
      actions={
        <>
          {isAsked ? (
            <p role="alert" className="secret-asked">
              It cannot be shown again. Is it saved?
            </p>
          ) : null}
          <Button look="primary" onClick={close}>
            I have saved it
          </Button>
        </>
      }
    >
      <div className="stack">
        <div className="secret">
          <code>{secret}</code>
          <Button small icon={isCopied ? "check" : "copy"} onClick={() => void copy()}>
            {isCopied ? "Copied" : "Copy"}
          </Button>
        </div>
        {children}
      </div>
    </Dialog>
  );
}
