import { useSyncExternalStore } from "react";
import { Button, IconButton } from "./button.tsx";
import "./toast.css";

interface Toast {
  id: number;
  words: string;
  tone: "neutral" | "bad";
  action?: { label: string; hint?: string; run(): void };
}

const SHOWN_MS = 7_000;
const SHOWN_MOST = 3;

let toasts: readonly Toast[] = [];
let count = 0;
const listeners = new Set<() => void>();

/** Says shortly what was done, and how to take it back. */
export function toast(words: string, options: Partial<Pick<Toast, "tone" | "action">> = {}): void {
  const id = ++count;
  set([...toasts, { id, words, tone: "neutral" as const, ...options }].slice(-SHOWN_MOST));
  setTimeout(() => close(id), SHOWN_MS);
}

function close(id: number): void {
  set(toasts.filter((one) => one.id !== id));
}

function set(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

/** Where toasts show; once in the page. */
export function Toasts() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map(({ id, words, tone, action }) => (
        <div key={id} className={`toast toast-${tone}`}>
          <span className="grow">{words}</span>
          {action === undefined ? null : (
            <Button
              small
              look="quiet"
              {...(action.hint === undefined ? {} : { hint: action.hint })}
              onClick={() => {
                close(id);
                action.run();
              }}
            >
              {action.label}
            </Button>
          )}
          <IconButton small icon="close" label="Close this message" onClick={() => close(id)} />
        </div>
      ))}
    </div>
  );
}
