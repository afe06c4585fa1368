import { useSyncExternalStore } from "react";

/** Where a key is kept in the browser. `sessionStorage` ends with the tab. */
const NAME = "pulseecom-key";

type Listener = () => void;
const listeners = new Set<Listener>();
let key: string | null = localStorage.getItem(NAME) ?? sessionStorage.getItem(NAME);

/** The key that requests are made with, or null while nobody is signed in. */
export function currentKey(): string | null {
  return key;
}

/** @param stay also after the tab is closed, on this device */
export function signIn(text: string, stay: boolean): void {
  forget();
  (stay ? localStorage : sessionStorage).setItem(NAME, text);
  setKey(text);
}

export function signOut(): void {
  forget();
  setKey(null);
}

export function useKey(): string | null {
  return useSyncExternalStore(subscribe, currentKey);
}

export function subscribe(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function forget(): void {
  localStorage.removeItem(NAME);
  sessionStorage.removeItem(NAME);
}

function setKey(next: string | null): void {
  key = next;
  for (const listener of listeners) listener();
}

// Who signs out in one tab is signed out in all that share the key.
addEventListener("storage", ({ key: name, newValue, storageArea }) => {
  if (storageArea === localStorage && name === NAME && newValue === null && key !== null) setKey(null);
});
