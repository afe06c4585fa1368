import { useSyncExternalStore } from "react";

/**
 * A choice of this browser that outlives the page, such as the theme; nothing secret.
 *
 * @param choices the first holds until another is chosen
 */
export function storedChoice<const C extends readonly [string, ...string[]]>(name: string, choices: C) {
  type Choice = C[number];
  const listeners = new Set<() => void>();
  const read = (): Choice => choices.find((choice) => choice === localStorage.getItem(name)) ?? choices[0];
  let chosen = read();
  const tell = () => listeners.forEach((listener) => listener());
  addEventListener("storage", (event) => {
    if (event.key !== name) return;
    chosen = read();
    tell();
  });
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return {
    get: () => chosen,
    set(choice: Choice) {
      chosen = choice;
      localStorage.setItem(name, choice);
      tell();
    },
    subscribe,
    use: () => useSyncExternalStore(subscribe, () => chosen),
  };
}
