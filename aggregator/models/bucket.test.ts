import { afterEach, describe, expect, it, vi } from "vitest";
import { fileKey, FileDamaged, keepFile, ModelStoreAway, readFile } from "./bucket.ts";
import { testBucket } from "./test-bucket.ts";

const bytes = new TextEncoder().encode("a forest");
const key = await fileKey("onnx", "global@v1", bytes);

describe("keepFile", () => {
  it("keeps a file under a name that says what is in it", async () => {
    const bucket = testBucket();
    await keepFile(bucket, key, bytes);
    expect(key).toMatch(/^models\/global@v1\/[0-9a-f]{64}\.onnx$/);
    expect(await readFile(bucket, key)).toEqual(bytes);
  });

  it("throws when the bucket lost it, so that no row comes to name it", async () => {
    const lossy = testBucket({ put: async () => undefined });
    await expect(keepFile(lossy, key, bytes)).rejects.toThrow(FileDamaged);
  });
});

describe("readFile", () => {
  it.each([
    { because: "it is missing", held: null },
    { because: "it was cut short", held: bytes.slice(0, -1) },
    { because: "it is another", held: new TextEncoder().encode("b forest") },
  ])("throws rather than give what was not written: $because", async ({ held }) => {
    const bucket = testBucket();
    if (held !== null) bucket.files.set(key, held);
    await expect(readFile(bucket, key)).rejects.toThrow(FileDamaged);
  });

  it("throws at a name that says nothing of its content", async () => {
    const bucket = testBucket();
    bucket.files.set("models/latest.onnx", bytes);
    await expect(readFile(bucket, "models/latest.onnx")).rejects.toThrow(FileDamaged);
  });

  describe("when the bucket hangs or refuses", () => {
    afterEach(() => void vi.useRealTimers());

    it("gives up after 5 s, and says that the bucket is away, not the file", async () => {
      vi.useFakeTimers();
      const hanging = testBucket({ get: () => new Promise(() => undefined) });
      const refused = expect(readFile(hanging, key)).rejects.toThrow(ModelStoreAway);
      await vi.advanceTimersByTimeAsync(5_000);
      await refused;
      const failing = testBucket({ get: () => Promise.reject(new Error("internal error; code 10001")) });
      await expect(readFile(failing, key)).rejects.toThrow(ModelStoreAway);
    });
  });
});
