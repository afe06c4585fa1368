import type { DriftLevel } from "../drift/levels.ts";
import type { LiveServices } from "../live/tell.ts";
import type { RegistryServices } from "../models/registry.ts";
import type { WorkBucket } from "./work-files.ts";

/** What a training run needs of the Worker around it. */
export interface LearnServices extends RegistryServices, LiveServices {
  models: WorkBucket;
  /** How far what comes in has moved from what the champion was fitted on. */
  checkDrift(): Promise<{ level: DriftLevel }>;
}

/**
 * Does one named step and gives back what it comes to, which holds keys of files and never the rows. What runs it may keep that answer,
 * try again what failed, and go on after a crash with the first step that has none.
 */
export type StepRunner = <T extends Stored>(name: string, work: () => Promise<T>) => Promise<T>;

/** What a step's answer may be: it is kept as JSON. */
export type Stored = null | boolean | number | string | Stored[] | { [name: string]: Stored };
