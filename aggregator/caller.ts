import type { RequestFacts } from "../shared/serve.ts";

/** Id of the key a request came with, for the record of who changed what. */
export function callerId({ keyId }: RequestFacts): string {
  if (keyId === undefined) throw new Error("a route that needs a key was entered without one");
  return keyId;
}
