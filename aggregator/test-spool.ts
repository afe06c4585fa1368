import type { SpoolBucket } from "./spool.ts";

/** A bucket in memory that behaves like R2: listed in the order of keys. Functions given replace its own. */
export function testSpool(faults: Partial<SpoolBucket> = {}): SpoolBucket & { objects: Map<string, string> } {
  const objects = new Map<string, string>();
  return {
    objects,
    async put(key, text) {
      objects.set(key, text);
    },
    async get(key) {
      const text = objects.get(key);
      return text === undefined ? null : { text: async () => text };
    },
    async delete(key) {
      objects.delete(key);
    },
    async list({ prefix, startAfter = "", limit }) {
      const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > startAfter).toSorted();
      return { objects: keys.slice(0, limit).map((key) => ({ key })) };
    },
    ...faults,
  };
}
