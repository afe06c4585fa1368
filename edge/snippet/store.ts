/** Names and texts, kept on the device where that is allowed and possible, else in this page's memory. Nothing here throws. */
export interface Store {
  /** Empty when there is none. */
  load(name: string): string;
  save(name: string, text: string): void;
  forget(name: string): void;
  names(): string[];
  /** Whether what is kept outlives the page. */
  isDurable(): boolean;
}

const PREFIX = "pulse.";

/** @param open the device's storage; throws or answers null where there is none */
export function createStore(open: () => Storage | null): Store {
  const memory = new Map<string, string>();
  const attempt = <T>(use: (storage: Storage) => T): T | null => {
    try {
      const storage = open();
      return storage && use(storage);
    } catch {
      // Full, forbidden or broken: memory takes its place.
      return null;
    }
  };
  return {
    load: (name) => memory.get(name) || attempt((storage) => storage.getItem(PREFIX + name)) || "",
    save(name, text) {
      const isKept = attempt((storage) => {
        storage.setItem(PREFIX + name, text);
        return true;
      });
      if (isKept) memory.delete(name);
      else memory.set(name, text);
    },
    forget(name) {
      memory.delete(name);
      attempt((storage) => storage.removeItem(PREFIX + name));
    },
    names() {
      const stored = attempt((storage) => Object.keys(storage)) || [];
      const ours = stored.filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length));
      return [...ours, ...memory.keys()];
    },
    isDurable: () => !!attempt((storage) => storage),
  };
}
