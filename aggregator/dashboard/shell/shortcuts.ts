import { useEffect, useRef } from "react";

/** Keys of a page, by what `KeyboardEvent.key` says. */
export type Shortcuts = Record<string, () => void>;

const TYPING = "input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]";
const OPEN_DIALOG = "[role=dialog], [role=menu]";
const SEQUENCE_MS = 1_000;

/** Whether a key is meant for what has the focus, or for a dialog that is open. */
function isTaken({ target, ctrlKey, metaKey, altKey, isComposing }: KeyboardEvent): boolean {
  if (ctrlKey || metaKey || altKey || isComposing) return true;
  return (target instanceof Element && target.matches(TYPING)) || document.querySelector(OPEN_DIALOG) !== null;
}

/** Listens for single keys while the component is shown; never where something is typed. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const run = latest.current[event.key];
      if (run === undefined || event.defaultPrevented || isTaken(event)) return;
      // Enter and space belong to the button or link that has the focus.
      const isOfFocused = event.target instanceof Element && event.target.matches("a, button, [role=button], summary");
      if (isOfFocused && (event.key === "Enter" || event.key === " ")) return;
      event.preventDefault();
      run();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}

/** Listens for `g` and then another key. */
export function useGoKeys(go: (key: string) => void): void {
  const latest = useRef(go);
  useEffect(() => {
    latest.current = go;
  });
  useEffect(() => {
    let beganMs = 0;
    const onKey = (event: KeyboardEvent) => {
      if (isTaken(event)) return;
      const isSecond = performance.now() - beganMs < SEQUENCE_MS;
      beganMs = !isSecond && event.key === "g" ? performance.now() : 0;
      if (!isSecond) return;
      event.stopImmediatePropagation();
      event.preventDefault();
      latest.current(event.key);
    };
    // Before the keys of pages, of which one may be the same as a second.
    addEventListener("keydown", onKey, { capture: true });
    return () => removeEventListener("keydown", onKey, { capture: true });
  }, []);
}
