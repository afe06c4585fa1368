import * as z from "zod";
import { withDeadline } from "../../shared/deadline.ts";
import { ReleasePointer } from "../../shared/release-pointer.ts";
import type { Artefact } from "../../shared/verify-release.ts";

/** What the first pointers said: they named no release, and there was no client model. */
const EarlierPointer = z
  .strictObject({ v: z.literal(1), version: z.string(), onnx: z.string(), card: z.string(), calibration: z.string() })
  .transform((pointer) => ({ ...pointer, release: null, client: null }));

const Pointer = z.union([ReleasePointer, EarlierPointer]);
type Pointer = z.infer<typeof Pointer>;

/** KV and R2 are read with this deadline; on failure what is loaded goes on. */
const DEADLINE_MS = 5_000;

/** A release, not yet read. */
export interface Release {
  /** Versions of its forest and, where it has one, of its client model. */
  version: string;
  client: string | null;
  /** What it is called in the registry; null where its pointer does not say. */
  release: string | null;
  /** Differs between releases, also of the same files. */
  id: string;
  /** @throws Error when it cannot be read in time, or a file of it is missing */
  artefact(): Promise<Artefact>;
}

/** The release that an entry of KV names; null when it names none. @throws Error when it cannot be read in time or understood */
export async function fetchRelease(entry: string, config: KVNamespace, models: R2Bucket): Promise<Release | null> {
  const content = await withDeadline(config.get(entry, { type: "json", cacheTtl: 30 }), DEADLINE_MS);
  if (content === null) return null;
  const pointer = Pointer.parse(content);
  return {
    version: pointer.version,
    client: pointer.client?.version ?? null,
    release: pointer.release,
    id: JSON.stringify(pointer),
    artefact: () => withDeadline(fetchArtefact(pointer, models), DEADLINE_MS),
  };
}

async function fetchArtefact({ onnx, card, calibration, client }: Pointer, models: R2Bucket): Promise<Artefact> {
  const [forestBytes, forestCard, fitted, clientBytes, clientCard] = await Promise.all([
    bytesOf(models, onnx),
    jsonOf(models, card),
    jsonOf(models, calibration),
    client === null ? null : bytesOf(models, client.onnx),
    client === null ? null : jsonOf(models, client.card),
  ]);
  return {
    onnx: forestBytes,
    card: forestCard,
    calibration: fitted,
    client: clientBytes === null ? null : { onnx: clientBytes, card: clientCard },
  };
}

async function bytesOf(models: R2Bucket, key: string): Promise<Uint8Array> {
  return new Uint8Array(await (await held(models, key)).arrayBuffer());
}

/** What a file says, or undefined when it is not JSON: like any other content that does not fit, that is refused, not read again. */
async function jsonOf(models: R2Bucket, key: string): Promise<unknown> {
  const text = await (await held(models, key)).text();
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function held(models: R2Bucket, key: string): Promise<R2ObjectBody> {
  const object = await models.get(key);
  if (object === null) throw new Error(`a file of the release is missing: ${key}`);
  return object;
}
