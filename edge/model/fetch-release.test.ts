import { afterEach, describe, expect, it, vi } from "vitest";
import { ACTIVE_ENTRY, type ReleasePointer, SHADOW_ENTRY } from "../../shared/release-pointer.ts";
import { testRelease } from "../../shared/test-release.ts";
import { fetchRelease } from "./fetch-release.ts";

const release = await testRelease({ version: "global@v1", client: "client@v1" });

const pointer: ReleasePointer = {
  v: 2,
  release: "rel_1",
  version: "global@v1",
  onnx: "models/a.onnx",
  card: "models/a.card.json",
  calibration: "models/a.calibration.json",
  client: { version: "client@v1", onnx: "models/c.onnx", card: "models/c.card.json" },
};
const { release: _release, client: _client, ...earlier } = { ...pointer, v: 1 };

const files: Record<string, string | Uint8Array | undefined> = {
  "models/a.onnx": release.onnx,
  "models/a.card.json": JSON.stringify(release.card),
  "models/a.calibration.json": JSON.stringify(release.calibration),
  "models/c.onnx": release.client?.onnx,
  "models/c.card.json": JSON.stringify(release.client?.card),
};

/** KV that holds one entry. */
function kv(content: unknown, entry = ACTIVE_ENTRY): KVNamespace {
  const get = async (key: string) => (key === entry ? content : null);
  return { get } as unknown as KVNamespace; // only what fetchRelease asks of it
}

/** R2 that holds some files. */
function bucket(held = files): R2Bucket {
  const get = async (key: string) => {
    const content = held[key];
    if (content === undefined) return null;
    const response = () => new Response(content);
    return { arrayBuffer: async () => response().arrayBuffer(), text: async () => response().text() };
  };
  return { get } as unknown as R2Bucket; // only what fetchRelease asks of it
}

const fetchActive = (content: unknown, held = files) => fetchRelease(ACTIVE_ENTRY, kv(content), bucket(held));

describe("fetchRelease", () => {
  it("gives the release that the entry names, its files only when they are asked for", async () => {
    const fetched = await fetchActive(pointer);
    expect(fetched).toMatchObject({ release: "rel_1", version: "global@v1", client: "client@v1" });
    expect(await fetched?.artefact()).toEqual(release);
  });

  it("gives what stands beside it by an entry of its own", async () => {
    const config = kv(pointer, SHADOW_ENTRY);
    expect(await fetchRelease(SHADOW_ENTRY, config, bucket())).toMatchObject({ release: "rel_1" });
    expect(await fetchRelease(ACTIVE_ENTRY, config, bucket())).toBeNull();
  });

  it("gives none while none was released", async () => {
    expect(await fetchActive(null)).toBeNull();
  });

  it("gives one without a client model, which asks for no file of one", async () => {
    const fetched = await fetchActive({ ...pointer, client: null });
    expect(await fetched?.artefact()).toEqual({ ...release, client: null });
  });

  it("reads the pointers from before releases had ids and client models", async () => {
    const fetched = await fetchActive(earlier);
    expect(fetched).toMatchObject({ release: null, version: "global@v1", client: null });
    expect(await fetched?.artefact()).toEqual({ ...release, client: null });
  });

  it.each([
    { because: "with another calibration", changes: { calibration: "models/b.calibration.json" } },
    { because: "with another client model", changes: { client: { ...pointer.client, version: "client@v2" } } },
    { because: "under another id", changes: { release: "rel_2" } },
  ])("tells a model from the same one released again $because", async ({ changes }) => {
    const first = await fetchActive(pointer);
    const same = await fetchActive({ ...pointer });
    const again = await fetchActive({ ...pointer, ...changes });
    expect(same?.id).toBe(first?.id);
    expect(again?.id).not.toBe(first?.id);
    expect(again?.version).toBe(first?.version);
  });

  it.each([{ ...pointer, v: 3 }, { ...pointer, extra: 1 }, { ...earlier, client: null }, "global@v1"])(
    "throws at a pointer it does not understand: %j",
    async (content) => {
      await expect(fetchActive(content)).rejects.toThrow();
    },
  );

  it.each(Object.keys(files))("throws when %s is missing, which may yet arrive", async (key) => {
    const fetched = await fetchActive(pointer, { ...files, [key]: undefined });
    await expect(fetched?.artefact()).rejects.toThrow(`missing: ${key}`);
  });

  it("gives a card that is not JSON as none, so that it is refused rather than fetched again", async () => {
    const fetched = await fetchActive(pointer, { ...files, [pointer.card]: "{truncated" });
    expect(await fetched?.artefact()).toMatchObject({ card: undefined });
  });

  describe("when KV or R2 hang", () => {
    afterEach(() => void vi.useRealTimers());

    it("throws after 5 s", async () => {
      vi.useFakeTimers();
      const hanging = { get: () => new Promise(() => undefined) };
      const asked = fetchRelease(ACTIVE_ENTRY, hanging as unknown as KVNamespace, bucket()); // only what it asks of it
      const refused = expect(asked).rejects.toThrow("5000 ms");
      await vi.advanceTimersByTimeAsync(5_000);
      await refused;
      const fetched = await fetchRelease(ACTIVE_ENTRY, kv(pointer), hanging as unknown as R2Bucket); // likewise
      const unread = expect(fetched?.artefact()).rejects.toThrow("5000 ms");
      await vi.advanceTimersByTimeAsync(5_000);
      await unread;
    });
  });
});
