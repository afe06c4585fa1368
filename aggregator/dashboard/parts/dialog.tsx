import { Dialog as Base } from "@base-ui/react/dialog";
import type { ReactNode } from "react";
import { classes, IconButton } from "./button.tsx";
import "./dialog.css";

interface DialogProps {
  open: boolean;
  onClose(): void;
  title: ReactNode;
  /** What is about to happen, under the title. */
  words?: ReactNode;
  /** `side` slides in from the right and leaves the page in view. */
  kind?: "middle" | "wide" | "side" | "nav";
  /** Buttons at its end. */
  actions?: ReactNode;
  children?: ReactNode;
}

/** Something to be answered or closed before the page goes on. Escape closes it; what was focused before is focused again. */
export function Dialog({ open, onClose, title, words, kind = "middle", actions, children }: DialogProps) {
  return (
    <Base.Root open={open} onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="dialog-behind" />
        <Base.Popup className={classes("dialog", `dialog-${kind}`)}>
          <header className="dialog-head">
            <Base.Title className="dialog-title">{title}</Base.Title>
            <IconButton icon="close" label="Close" small onClick={onClose} />
          </header>
          {words === undefined ? null : <Base.Description className="dialog-words">{words}</Base.Description>}
          <div className="dialog-body">{children}</div>
          {actions === undefined ? null : <footer className="dialog-actions">{actions}</footer>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
