export type { ProvidedContext } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** A folder that all files of a run share, for what is made once. */
    scratch: string;
  }
}
