import { afterEach, describe, expect, it, vi } from "vitest";
import { testArtefact } from "../test-model.ts";
import { ACTIVE_ENTRY, fetchActive, type ActivePointer } from "./active.ts";

const artefact = await testArtefact();

const pointer: ActivePointer = {
  v: 1,
  version: "global@v1",
  onnx: "models/a.onnx",
  card: "models/a.card.json",
  calibration: "models/a.calibration.json",
};

const files: Record<string, string | Uint8Array> = {
  [pointer.onnx]: artefact.onnx,
  [pointer.card]: JSON.stringify(artefact.card),
  [pointer.calibration]: JSON.stringify(artefact.calibration),
};

/** KV that holds one entry. */
function kv(entry: unknown): KVNamespace {
  const get = async (key: string) => (key === ACTIVE_ENTRY ? entry : null);
  return { get } as unknown as KVNamespace; // only what fetchActive asks of it
}

/** R2 that holds some files. */
function bucket(held: Record<string, string | Uint8Array> = files): R2Bucket {
  const get = async (key: string) => {
    const content = held[key];
    if (content === undefined) return null;
    const response = () => new Response(content);
    return { arrayBuffer: async () => response().arrayBuffer(), text: async () => response().text() };
  };
  return { get } as unknown as R2Bucket; // only what fetchActive asks of it
}

describe("fetchActive", () => {
  it("gives the release that the pointer names, its files only when they are asked for", async () => {
    const release = await fetchActive(kv(pointer), bucket());
    expect(release?.version).toBe("global@v1");
    expect(await release?.artefact()).toEqual({
      onnx: artefact.onnx,
      card: artefact.card,
      calibration: artefact.calibration,
    });
  });

  it("gives none while none was released", async () => {
    expect(await fetchActive(kv(null), bucket())).toBeNull();
  });

  it("tells a model from the same one released again with another calibration", async () => {
    const first = await fetchActive(kv(pointer), bucket());
    const same = await fetchActive(kv({ ...pointer }), bucket());
    const again = await fetchActive(kv({ ...pointer, calibration: "models/b.calibration.json" }), bucket());
    expect(same?.id).toBe(first?.id);
    expect(again?.id).not.toBe(first?.id);
    expect(again?.version).toBe(first?.version);
  });

  it.each([{ ...pointer, v: 2 }, { ...pointer, extra: 1 }, "global@v1"])(
    "throws at a pointer it does not understand: %j",
    async (entry) => {
      await expect(fetchActive(kv(entry), bucket())).rejects.toThrow();
    },
  );

  it("throws when a file is missing, which may yet arrive", async () => {
    const { [pointer.card]: _card, ...rest } = files;
    const release = await fetchActive(kv(pointer), bucket(rest));
    await expect(release?.artefact()).rejects.toThrow("missing");
  });

  it("gives a card that is not JSON as none, so that it is refused rather than fetched again", async () => {
    const release = await fetchActive(kv(pointer), bucket({ ...files, [pointer.card]: "{truncated" }));
    expect(await release?.artefact()).toMatchObject({ card: undefined });
  });

  describe("when KV or R2 hang", () => {
    afterEach(() => void vi.useRealTimers());

    it("throws after 5 s", async () => {
      vi.useFakeTimers();
      const hanging = { get: () => new Promise(() => undefined) };
      const asked = fetchActive(hanging as unknown as KVNamespace, bucket()); // only what fetchActive asks of it
      const refused = expect(asked).rejects.toThrow("5000 ms");
      await vi.advanceTimersByTimeAsync(5_000);
      await refused;
      const release = await fetchActive(kv(pointer), hanging as unknown as R2Bucket); // likewise
      const unread = expect(release?.artefact()).rejects.toThrow("5000 ms");
      await vi.advanceTimersByTimeAsync(5_000);
      await unread;
    });
  });
});
