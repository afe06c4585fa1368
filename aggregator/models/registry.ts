import type { AlertServices } from "../alert/deliver.ts";
import type { ConfigServices } from "../detection/copies.ts";
import type { ModelBucket } from "./bucket.ts";

/** What the registry of models needs of the Worker around it. */
export interface RegistryServices extends ConfigServices, AlertServices {
  models: ModelBucket;
  /** Work that goes on after what was asked is answered. */
  waitUntil(work: Promise<unknown>): void;
  /** The release that the deployment brings. */
  bundled(): Promise<Bundled>;
}

/** The files of a release as a deployment brings them. */
export interface Bundled {
  onnx: Uint8Array;
  card: unknown;
  calibration: unknown;
}
