import type { ModelBucket } from "./bucket.ts";

/** A bucket in memory. Functions given replace its own. */
export function testBucket(faults: Partial<ModelBucket> = {}): ModelBucket & { files: Map<string, Uint8Array> } {
  const files = new Map<string, Uint8Array>();
  return {
    files,
    async put(key, bytes) {
      files.set(key, bytes.slice());
    },
    async get(key) {
      const bytes = files.get(key);
      return bytes === undefined ? null : { arrayBuffer: async () => bytes.slice().buffer };
    },
    ...faults,
  };
}
