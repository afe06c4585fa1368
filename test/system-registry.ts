// oxlint-disable-next-line typescript/triple-slash-reference -- it declares globals, which cannot be imported
/// <reference path="../aggregator/modules.d.ts" />
import { readFile } from "node:fs/promises";
import type { RegistryServices } from "../aggregator/models/registry.ts";
import { createDb } from "../aggregator/store/db.ts";
import { ID_RANDOM_BYTES, newId } from "../shared/ids.ts";
import type { System } from "./system.ts";

/** The registry as a training run has it, on the database and the bucket of the running Workers. */
export async function registryOf({ workers, postgres }: System): Promise<RegistryServices> {
  const file = (name: string) => readFile(new URL(`../models/global@v0.${name}`, import.meta.url));
  const json = async (name: string): Promise<unknown> => JSON.parse(await file(name).then(String));
  const endpoint = { databaseUrl: "postgres://local:local@localhost/local", databaseEndpoint: postgres.endpoint };
  return {
    db: createDb(endpoint, fetch),
    models: await workers.miniflare.getR2Bucket("MODELS", "pulseecom-aggregator"),
    bundled: async () => ({
      onnx: new Uint8Array(await file("onnx")),
      card: await json("card.json"),
      calibration: await json("calibration.json"),
    }),
    keyCopies: { put: () => Promise.reject(new Error("a run that only saves tells nobody")) },
    nowMs: () => Date.now(),
    random: () => 0.5,
    newId: (prefix) => newId(prefix, Date.now(), crypto.getRandomValues(new Uint8Array(ID_RANDOM_BYTES))),
    fetch,
    retryLater: async () => undefined,
    waitUntil: () => undefined,
    config: { allowLocalWebhooks: false, publicUrl: "http://127.0.0.1:8788" },
    log: () => undefined,
  };
}
