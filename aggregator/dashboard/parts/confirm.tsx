import type { ReactNode } from "react";
import type { RequestFailed } from "../api/problem.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { ErrorBox } from "./states.tsx";

interface ConfirmProps {
  open: boolean;
  onClose(): void;
  title: string;
  /** What will happen, and how it is undone. */
  words: ReactNode;
  /** What the button does: "Delete it". */
  action: string;
  look?: "primary" | "danger";
  /** Why it cannot be done yet. */
  disabledBecause?: string | undefined;
  change: { isPending: boolean; error: RequestFailed | null };
  onConfirm(): void;
  children?: ReactNode;
}

/** Asks before something that others feel. Stays open with the reason when it is refused. */
export function Confirm(props: ConfirmProps) {
  const { open, onClose, title, words, action, look = "primary", disabledBecause, change, onConfirm, children } = props;
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={title}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look={look} busy={change.isPending} disabledBecause={disabledBecause} onClick={onConfirm}>
            {action}
          </Button>
        </>
      }
    >
      <div className="stack">
        <div className="stack soft">{words}</div>
        {children}
        {change.error === null ? null : <ErrorBox error={change.error} />}
      </div>
    </Dialog>
  );
}
